// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/elementary.h"

#include <algorithm>

#include "models/isa/ops/operands.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const Elementary& op) {
  const VectorOpInfo& row = info(op.operation);
  const auto spreads = [&](const Region& r) {
    return (r.rows == dst.rows || r.rows == 1) && (r.cols == dst.cols || r.cols == 1);
  };
  // A copy may turn a row into a column: the same bytes.
  const bool turns = op.operation == VectorOp::kCopy && op.a.elements() == dst.elements() &&
                     std::min(op.a.rows, op.a.cols) == 1 && std::min(dst.rows, dst.cols) == 1;
  const bool fits = row.folds_by ? dst.rows == op.a.rows && dst.cols == 1
                                 : turns || (spreads(op.a) && (row.sources < 2 || spreads(op.b)));
  if (!fits)
    return "operands of the shape of the result, of one row or one column, or a column of the "
           "rows' reductions";
  if (!is_in(p, dst, Space::kScratchpad)) return "a result in the scratchpad";
  const bool alike =
      held(p, op.a) == held(p, dst) && (row.sources < 2 || held(p, op.b) == held(p, dst));
  return alike ? "" : "operands and result that are all fp64, all narrower floats or all integers";
}

/// "subtract A[..] B[..]", "add_scalar A[..] 1e-06".
std::string operands_text(const Program& p, const Elementary& op) {
  const VectorOpInfo& row = info(op.operation);
  std::string text = fmt::format("{} {}",
                                 op.subtract  ? "subtract"
                                 : op.minimum ? "minimum"
                                              : row.name,
                                 region_text(p, op.a));
  if (row.sources > 1) text += fmt::format(" {}", region_text(p, op.b));
  if (row.scalar) text += fmt::format(" {}", op.scalar);
  return text;
}

}  // namespace tricycle
