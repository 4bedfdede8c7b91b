// SPDX-License-Identifier: Apache-2.0
#include "workloads/vector_operation.h"

namespace tricycle {

namespace {

/// Adds a buffer in the scratchpad; returns its first rows x cols.
Region add_matrix(Program& program, const HwConfig& hw, const char* name, std::int32_t rows,
                  std::int32_t cols, bool contiguous) {
  Buffer b;
  b.name = name;
  b.format = program.format;
  b.rows = rows;
  b.cols = contiguous ? cols : 2 * cols;
  if (!info(b.format).is_float()) b.fraction_bits = info(b.format).default_fraction_bits();
  b.offset_bytes = (program.footprint_bytes(Space::kScratchpad, hw) + 63) / 64 * 64;
  program.buffers.push_back(b);
  return {static_cast<std::uint32_t>(program.buffers.size() - 1), 0, 0, rows, cols};
}

}  // namespace

Program lower_vector_operation(const HwConfig& hw, const VectorOperation& what) {
  check_format(hw, what.format);
  check_operation(hw, what.op);
  Program program;
  program.format = what.format;
  Instruction in;
  in.opcode = Opcode::kElementary;
  in.operation = what.op;
  in.a = add_matrix(program, hw, "A", what.rows, what.cols, what.contiguous);
  program.inputs = {in.a.buffer};
  if (info(what.op).sources > 1) {
    in.b = add_matrix(program, hw, "B", what.rows, what.cols, what.contiguous);
    program.inputs.push_back(in.b.buffer);
  }
  const bool reduces = info(what.op).folds_by.has_value();
  in.dst =
      add_matrix(program, hw, "C", what.rows, reduces ? 1 : what.cols, reduces || what.contiguous);
  program.output = in.dst.buffer;
  program.instructions.push_back(in);
  derive_tokens(program);
  validate(program, hw);
  return program;
}

}  // namespace tricycle
