// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/solve.h"

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

std::string shape_fault(const Program& p, const Region& dst, const Solve& op) {
  constexpr std::string_view kExpected =
      "a square A and linear terms of its rows that fit into the result side by side, all in the "
      "scratchpad";
  bool fits = is_operand(p, dst, dst) && is_operand(p, op.a, dst) && op.a.rows > 0 &&
              op.a.rows == op.a.cols && dst.rows == op.a.rows && (op.inverse || !op.linear.empty());
  for (const Region& term : op.linear)
    fits = fits && term.rows == op.a.rows && term.cols > 0 && is_operand(p, term, dst);
  const std::int64_t width = op.linear_cols() + (op.inverse ? op.n() : 0);
  return std::string(fits && width <= dst.cols ? "" : kExpected);
}

/// "-(I + A[..])^-1 . (M[..] | a)": a is A below its diagonal.
std::string operands_text(const Program& p, const Solve& op) {
  const std::string linear = regions_text(p, op.linear, " | ");
  return fmt::format("-(I + {})^-1 . ({}{}{})", region_text(p, op.a), linear,
                     !linear.empty() && op.inverse ? " | " : "", op.inverse ? "a" : "");
}

void read_operands(TextReader& text, const Region&, Solve& op) {
  text.expect("-(");
  text.expect("I");
  text.expect("+");
  op.a = text.region();
  text.expect(")^-1");
  text.expect(".");
  text.expect("(");
  op.inverse = false;
  do {
    if (!text.is_region() && text.take("a")) {
      op.inverse = true;  // the last
      break;
    }
    op.linear.push_back(text.region());
  } while (text.take("|"));
  text.expect(")");
}

}  // namespace tricycle
