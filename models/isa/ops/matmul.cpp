// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/matmul.h"

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const Matmul& op) {
  if (!multiply_together(p.buffer(op.a).format, p.buffer(op.b).format))
    return "operands of one format, or a right one of no more bits in fixed point";
  if (p.buffer(dst).format != p.buffer(op.a).format)
    return "an accumulator of the format of the left operand";
  return is_in(p, dst, Space::kAccumulator) && op.m() == dst.rows && op.n() == dst.cols &&
                 op.k() == (op.transpose_b ? op.b.cols : op.b.rows) &&
                 is_in(p, op.a, Space::kScratchpad) && is_in(p, op.b, Space::kScratchpad)
             ? ""
             : "accumulator[m x n] <- scratchpad[m x k] scratchpad[k x n]";
}

/// "dst + A[..]^T  keep d>=1 . B[..]  useful 120".  The last is there only where some operands are
/// known to be zero.
std::string operands_text(const Program& p, const Matmul& op) {
  std::string text =
      fmt::format("{}{}{}{} . {}{}{}", op.accumulate ? "dst + " : "", region_text(p, op.a),
                  op.transpose_a ? "^T" : "", mask_text(op.a_mask), region_text(p, op.b),
                  op.transpose_b ? "^T" : "", mask_text(op.b_mask));
  if (op.useful_macs != op.macs()) text += fmt::format("  useful {}", op.useful_macs);
  return text;
}

void read_operands(TextReader& text, const Region&, Matmul& op) {
  if (text.take("dst")) {
    op.accumulate = true;
    text.expect("+");
  }
  const auto operand = [&](Region& region, bool& transpose, Mask& mask) {
    region = text.region();
    transpose = text.take("^T");
    mask = text.mask();
  };
  operand(op.a, op.transpose_a, op.a_mask);
  text.expect(".");
  operand(op.b, op.transpose_b, op.b_mask);
  op.useful_macs = text.take("useful") ? text.integer(0, op.macs()) : op.macs();
}

}  // namespace tricycle
