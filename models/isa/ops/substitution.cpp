// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/substitution.h"

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const RowStep& op) {
  constexpr std::string_view kExpected =
      "one row of A and the rows of Y above it, all in the scratchpad";
  std::int32_t width = op.linear.empty() ? op.a.cols : 0;
  for (const Region& term : op.linear) {
    if (term.rows != 1 || !is_operand(p, term, dst)) return std::string(kExpected);
    width += term.cols;
  }
  const bool fits = is_operand(p, dst, dst) && is_operand(p, op.a, dst) &&
                    is_operand(p, op.y, dst) && dst.rows == 1 && op.a.rows == 1 &&
                    op.y.rows == op.a.cols && op.y.cols <= width && width <= dst.cols;
  return std::string(fits ? "" : kExpected);
}

std::string shape_fault(const Program& p, const Region& dst, const ColumnStep& op) {
  return is_operand(p, dst, dst) && is_operand(p, op.a, dst) && is_operand(p, op.y, dst) &&
                 op.a.rows == dst.rows && op.a.cols == 1 && op.y.rows == 1 && op.y.cols == dst.cols
             ? ""
             : "a column of A and a row of Y for the rows below it, all in the scratchpad";
}

namespace {

std::string useful_text(std::int64_t useful, std::int64_t all) {
  return useful == all ? "" : fmt::format("  useful {}", useful);
}
std::int64_t read_useful(TextReader& text, std::int64_t all) {
  return text.take("useful") ? text.integer(0, all) : all;
}

}  // namespace

/// "-(M[..] | A[..] + A[..] . Y[..])": the linear terms, or "a" for the row of A itself.
std::string operands_text(const Program& p, const RowStep& op) {
  return fmt::format(
      "-({} + {} . {}){}", op.linear.empty() ? "a" : regions_text(p, op.linear, " | "),
      region_text(p, op.a), region_text(p, op.y), useful_text(op.useful_macs, op.macs()));
}

std::string operands_text(const Program& p, const ColumnStep& op) {
  return fmt::format("dst - {} . {}{}", region_text(p, op.a), region_text(p, op.y),
                     useful_text(op.useful_macs, op.macs()));
}

void read_operands(TextReader& text, const Region&, RowStep& op) {
  text.expect("-(");
  if (text.is_region() || !text.take("a")) {
    op.linear.push_back(text.region());
    while (text.take("|")) op.linear.push_back(text.region());
  }
  text.expect("+");
  // The first row of a block has none above it.
  op.a = text.region_or_none();
  text.expect(".");
  op.y = text.region_or_none();
  text.expect(")");
  op.useful_macs = read_useful(text, op.macs());
}

void read_operands(TextReader& text, const Region&, ColumnStep& op) {
  text.expect("dst");
  text.expect("-");
  op.a = text.region();
  text.expect(".");
  op.y = text.region();
  op.useful_macs = read_useful(text, op.macs());
}

}  // namespace tricycle
