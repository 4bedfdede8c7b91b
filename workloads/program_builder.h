// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// The steps that every lowering takes with a program.  It lays out buffers one after the other and
/// appends instructions.  At the end it derives the tokens and checks the whole program.
///
///   ProgramBuilder b(hw, Format::kFp16);
///   const Region x = b.add("X.dram", Space::kDram, 64, 64);
///   const Region y = b.add("X", Space::kScratchpad, 64, 64);
///   b.program().inputs = {x.buffer};
///   b.push(y, Load{x});
///   Program p = b.finish();
class ProgramBuilder {
 public:
  ProgramBuilder(const HwConfig& hw, Format format) : hw_(hw) { program_.format = format; }
  // Not copyable: emitters keep references to it.
  ProgramBuilder(const ProgramBuilder&) = delete;
  ProgramBuilder& operator=(const ProgramBuilder&) = delete;

  const HwConfig& hw() const { return hw_; }
  Program& program() { return program_; }
  const Program& program() const { return program_; }
  Buffer& buffer(const Region& r) { return program_.buffers[r.buffer]; }

  /// Appends a buffer after those of its memory, aligned to a beat of the widest memories (64 B).
  /// Returns the region of the whole buffer.
  Region add(Buffer buffer);
  /// Appends a buffer of this format.  Fixed point: all bits but the sign are fraction bits.
  Region add(const std::string& name, Space space, Format format, std::int32_t rows,
             std::int32_t cols);
  /// Appends a buffer of the program's format.
  Region add(const std::string& name, Space space, std::int32_t rows, std::int32_t cols) {
    return add(name, space, program_.format, rows, cols);
  }

  /// Appends an instruction: dst <- operation.
  void push(const Region& dst, Operation operation) {
    program_.instructions.push_back({dst, std::move(operation)});
  }

  /// Derives the tokens, checks the program against the machine and returns it.  Throws InputError
  /// where the machine lacks what the program needs.
  Program finish();

 private:
  const HwConfig& hw_;
  Program program_;
};

}  // namespace tricycle
