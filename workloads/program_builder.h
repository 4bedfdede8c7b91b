// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// What every lowering does with a program: buffers laid out one behind the other, instructions
/// appended, tokens derived and the whole checked at the end.
///
///   ProgramBuilder b(hw, Format::kFp16);
///   const Region x = b.add("X.dram", Space::kDram, 64, 64), y = b.add("X", Space::kScratchpad, 64,
///   64);
///   b.program().inputs = {x.buffer};
///   b.push(y, Load{x});
///   Program p = b.finish();
class ProgramBuilder {
 public:
  ProgramBuilder(const HwConfig& hw, Format format) : hw_(hw) { program_.format = format; }
  // Emitters keep references to it.
  ProgramBuilder(const ProgramBuilder&) = delete;
  ProgramBuilder& operator=(const ProgramBuilder&) = delete;

  const HwConfig& hw() const { return hw_; }
  Program& program() { return program_; }
  const Program& program() const { return program_; }
  Buffer& buffer(const Region& r) { return program_.buffers[r.buffer]; }

  /// Appends a buffer behind those of its memory, aligned to a beat of the widest memories (64 B).
  /// Returns all of it.
  Region add(Buffer buffer);
  /// .. of the format; fixed point: all bits but the sign are fraction bits.
  Region add(const std::string& name, Space space, Format format, std::int32_t rows,
             std::int32_t cols);
  /// .. of the program's format.
  Region add(const std::string& name, Space space, std::int32_t rows, std::int32_t cols) {
    return add(name, space, program_.format, rows, cols);
  }

  /// Appends an instruction: dst <- operation.
  void push(const Region& dst, Operation operation) {
    program_.instructions.push_back({dst, std::move(operation)});
  }

  /// Tokens derived, checked against the machine.  Throws InputError where the machine lacks what
  /// the program needs.
  Program finish();

 private:
  const HwConfig& hw_;
  Program program_;
};

}  // namespace tricycle
