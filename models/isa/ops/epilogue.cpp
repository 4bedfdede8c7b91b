// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/epilogue.h"

#include "models/isa/ops/operands.h"

namespace tricycle {

namespace {

/// Sums of codes are scaled where they become floats, and nowhere else.
std::string scales_fault(const Program& p, const Region& dst, const Combine& op) {
  const bool scaled =
      op.accumulator && held(p, *op.accumulator) == Held::kInteger && held(p, dst) == Held::kFloat;
  const auto spreads = [](const std::optional<Region>& r, std::int32_t rows, std::int32_t cols) {
    return r && (r->elements() == 1 || (r->rows == rows && r->cols == cols));
  };
  const bool fits = scaled
                        ? spreads(op.row_scales, dst.rows, 1) && spreads(op.col_scales, 1, dst.cols)
                        : !op.row_scales && !op.col_scales;
  return fits ? "" : "a column and a row of scales, or one each, with sums of codes alone";
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Combine& op) {
  if (op.terms.empty() && !op.accumulator && !op.zero_accumulator) return "at least one term";
  for (const Region& term : op.terms)
    if (!same_shape(term, dst)) return "terms of the shape of the result";
  if (op.accumulator &&
      (!same_shape(*op.accumulator, dst) || !is_in(p, *op.accumulator, Space::kAccumulator)))
    return "an accumulator of the shape of the result";
  return scales_fault(p, dst, op);
}

std::string shape_fault(const Program& p, const Region& dst, const ReadOut& op) {
  return same_shape(op.accumulator, dst) && is_in(p, dst, Space::kScratchpad) &&
                 is_in(p, op.accumulator, Space::kAccumulator)
             ? ""
             : "accumulator to scratchpad of one shape";
}

std::string operands_text(const Program& p, const Combine& op) {
  std::string sum = regions_text(p, op.terms, " + ");
  if (op.diagonal != 0) sum = fmt::format("{} I{}{}", op.diagonal, sum.empty() ? "" : " + ", sum);
  if (op.accumulator) sum += fmt::format(" + {}", region_text(p, *op.accumulator));
  if (op.row_scales && op.col_scales)
    sum +=
        fmt::format(" x {} x {}", region_text(p, *op.row_scales), region_text(p, *op.col_scales));
  if (sum.empty()) sum.push_back('0');
  return fmt::format("{}{}{}{}{}", op.negate ? "-(" : "", sum, op.negate ? ")" : "",
                     mask_text(op.mask), op.keep_old ? " others unchanged" : "");
}

std::string operands_text(const Program& p, const ReadOut& op) {
  return region_text(p, op.accumulator) + mask_text(op.mask);
}

}  // namespace tricycle
