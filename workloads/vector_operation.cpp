// SPDX-License-Identifier: Apache-2.0
#include "workloads/vector_operation.h"

#include "workloads/program_builder.h"

namespace tricycle {

namespace {

/// Adds a buffer in the scratchpad; returns its first rows x cols.
Region add_matrix(ProgramBuilder& builder, const char* name, std::int32_t rows, std::int32_t cols,
                  bool contiguous) {
  Region r = builder.add(name, Space::kScratchpad, rows, contiguous ? cols : 2 * cols);
  r.cols = cols;
  return r;
}

}  // namespace

Program lower_vector_operation(const HwConfig& hw, const VectorOperation& what) {
  check_format(hw, what.format);
  check_operation(hw, what.op);
  ProgramBuilder builder(hw, what.format);
  Program& program = builder.program();
  Elementwise op{.operation = what.op};
  op.a = add_matrix(builder, "A", what.rows, what.cols, what.contiguous);
  program.inputs = {op.a.buffer};
  if (info(what.op).sources > 1) {
    op.b = add_matrix(builder, "B", what.rows, what.cols, what.contiguous);
    program.inputs.push_back(op.b.buffer);
  }
  const bool reduces = info(what.op).folds_by.has_value();
  const Region dst =
      add_matrix(builder, "C", what.rows, reduces ? 1 : what.cols, reduces || what.contiguous);
  program.output = dst.buffer;
  builder.push(dst, op);
  return builder.finish();
}

}  // namespace tricycle
