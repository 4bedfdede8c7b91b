// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/matmul.h"

#include "models/isa/ops/operands.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const Matmul& op) {
  if (!multiply_together(p.buffer(op.a).format, p.buffer(op.b).format))
    return "operands of one format, or a right one of no more bits in fixed point";
  return is_in(p, dst, Space::kAccumulator) && op.m() == dst.rows && op.n() == dst.cols &&
                 op.k() == (op.transpose_b ? op.b.cols : op.b.rows) &&
                 is_in(p, op.a, Space::kScratchpad) && is_in(p, op.b, Space::kScratchpad)
             ? ""
             : "accumulator[m x n] <- scratchpad[m x k] scratchpad[k x n]";
}

std::string operands_text(const Program& p, const Matmul& op) {
  return fmt::format("{}{}{}{} . {}{}{}", op.accumulate ? "+= " : "", region_text(p, op.a),
                     op.transpose_a ? "^T" : "", mask_text(op.a_mask), region_text(p, op.b),
                     op.transpose_b ? "^T" : "", mask_text(op.b_mask));
}

}  // namespace tricycle
