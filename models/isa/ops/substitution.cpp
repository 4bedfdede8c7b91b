// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/substitution.h"

#include "models/isa/ops/operands.h"

namespace tricycle {

std::string shape_fault(const Program&, const Region& dst, const RowStep& op) {
  constexpr std::string_view kExpected = "one row of A and the rows of Y above it";
  std::int32_t width = op.linear.empty() ? op.a.cols : 0;
  for (const Region& term : op.linear) {
    if (term.rows != 1) return std::string(kExpected);
    width += term.cols;
  }
  const bool fits = dst.rows == 1 && op.a.rows == 1 && op.y.rows == op.a.cols &&
                    op.y.cols <= width && width <= dst.cols;
  return std::string(fits ? "" : kExpected);
}

std::string shape_fault(const Program&, const Region& dst, const ColumnStep& op) {
  return op.a.rows == dst.rows && op.a.cols == 1 && op.y.rows == 1 && op.y.cols == dst.cols
             ? ""
             : "a column of A and a row of Y for the rows below it";
}

std::string operands_text(const Program& p, const RowStep& op) {
  return fmt::format("-({} + {} . Y)",
                     op.linear.empty() ? region_text(p, op.a) : regions_text(p, op.linear, " | "),
                     region_text(p, op.a));
}

std::string operands_text(const Program& p, const ColumnStep& op) {
  return fmt::format("-= {} . {}", region_text(p, op.a), region_text(p, op.y));
}

}  // namespace tricycle
