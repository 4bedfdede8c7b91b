// SPDX-License-Identifier: Apache-2.0
#include "models/isa/ops/epilogue.h"

#include <cmath>

#include "models/isa/ops/operands.h"
#include "models/isa/text_reader.h"

namespace tricycle {

namespace {

/// Sums of codes must be scaled where they become floats; other sums must not.
std::string scales_fault(const Program& p, const Region& dst, const Epilogue& op) {
  const bool scaled =
      op.accumulator && held(p, *op.accumulator) == Held::kInteger && held(p, dst) == Held::kFloat;
  if (op.accumulator && !scaled && held(p, *op.accumulator) != held(p, dst))
    return "sums and result that are all fp64, all narrower floats or all integers";
  const auto spreads = [](const std::optional<Region>& r, std::int32_t rows, std::int32_t cols) {
    return r && (r->elements() == 1 || (r->rows == rows && r->cols == cols));
  };
  const bool fits = scaled
                        ? spreads(op.row_scales, dst.rows, 1) && spreads(op.col_scales, 1, dst.cols)
                        : !op.row_scales && !op.col_scales;
  return fits ? "" : "a column and a row of scales, or one each, with sums of codes alone";
}

}  // namespace

std::string shape_fault(const Program& p, const Region& dst, const Epilogue& op) {
  if (op.terms.empty() && !op.accumulator && !op.zero_accumulator && op.diagonal == 0)
    return "at least one term";
  const bool starts_sums = is_in(p, dst, Space::kAccumulator);
  if (starts_sums && (op.accumulator || op.negate || op.keep_old || !op.mask.keeps_all(dst) ||
                      held(p, dst) == Held::kInteger))
    return "terms of floats alone, without a sign, a mask or sums, where it writes accumulators";
  if (!starts_sums && !is_in(p, dst, Space::kScratchpad))
    return "a result in the scratchpad or the accumulators";
  for (const Region& term : op.terms)
    if (!same_shape(term, dst) || !is_operand(p, term, dst))
      return "terms of the shape of the result, in the scratchpad, all fp64, all narrower floats "
             "or all integers";
  if (op.accumulator &&
      (!same_shape(*op.accumulator, dst) || !is_in(p, *op.accumulator, Space::kAccumulator)))
    return "an accumulator of the shape of the result";
  return scales_fault(p, dst, op);
}

std::string shape_fault(const Program& p, const Region& dst, const ReadOut& op) {
  return same_shape(op.accumulator, dst) && is_in(p, dst, Space::kScratchpad) &&
                 is_in(p, op.accumulator, Space::kAccumulator) &&
                 held(p, op.accumulator) == held(p, dst)
             ? ""
             : "accumulator to scratchpad of one shape";
}

/// "-(1 I + A[..] + acc[..] x S[..] x T[..])  keep d>=1  others unchanged  zeros unsigned
/// sum from +0  fraction 28  place 16, 0".
std::string operands_text(const Program& p, const Epilogue& op) {
  std::string sum = regions_text(p, op.terms, " + ");
  const auto add = [&](const std::string& addend) {
    sum += fmt::format("{}{}", sum.empty() ? "" : " + ", addend);
  };
  if (op.diagonal != 0) sum = fmt::format("{} I{}{}", op.diagonal, sum.empty() ? "" : " + ", sum);
  if (op.accumulator) add(region_text(p, *op.accumulator));
  if (op.row_scales && op.col_scales)
    sum +=
        fmt::format(" x {} x {}", region_text(p, *op.row_scales), region_text(p, *op.col_scales));
  if (sum.empty()) sum.push_back('0');
  std::string text =
      fmt::format("{}{}{}{}", op.negate ? "-(" : "", sum, op.negate ? ")" : "", mask_text(op.mask));
  if (op.keep_old) text += "  others unchanged";
  if (op.zero_accumulator) text += "  sum from +0";
  if (op.positive_zero) text += "  zeros unsigned";
  if (op.sum_fraction_bits != 0) text += fmt::format("  fraction {}", op.sum_fraction_bits);
  if (op.place_row != 0 || op.place_col != 0)
    text += fmt::format("  place {}, {}", op.place_row, op.place_col);
  return text;
}

std::string operands_text(const Program& p, const ReadOut& op) {
  std::string text = region_text(p, op.accumulator) + mask_text(op.mask);
  if (op.sum_fraction_bits != 0) text += fmt::format("  fraction {}", op.sum_fraction_bits);
  return text;
}

namespace {

constexpr std::int64_t kMostSumFraction = 40;
constexpr double kLargestDiagonal = 1 << 20;

/// One addend of a sum.
void read_addend(TextReader& text, Epilogue& op) {
  if (!text.is_region()) {
    const std::size_t at = text.position();
    op.diagonal = text.number();
    if (std::abs(op.diagonal) > kLargestDiagonal)
      text.fail_at(at, fmt::format("a number of at most {}", kLargestDiagonal));
    text.expect("I");
    return;
  }
  const std::size_t at = text.position();
  const Region region = text.region();
  if (!is_in(text.program(), region, Space::kAccumulator)) {
    if (op.accumulator) text.fail_at(at, "the accumulator as the last addend");
    op.terms.push_back(region);
    return;
  }
  if (op.accumulator) text.fail_at(at, "one accumulator");
  op.accumulator = region;
  if (!text.take("x")) return;
  op.row_scales = text.region();
  text.expect("x");
  op.col_scales = text.region();
}

/// Reads the options after the sum, in any order.
void read_options(TextReader& text, Epilogue& op) {
  constexpr std::int64_t kMostPlace = 1 << 30;
  while (!text.at_end()) {
    if (text.take("others unchanged")) {
      op.keep_old = true;
    } else if (text.take("sum from +0")) {
      op.zero_accumulator = true;
    } else if (text.take("zeros unsigned")) {
      op.positive_zero = true;
    } else if (text.take("fraction")) {
      op.sum_fraction_bits = static_cast<int>(text.integer(0, kMostSumFraction));
    } else if (text.take("place")) {
      op.place_row = static_cast<std::int32_t>(text.integer(-kMostPlace, kMostPlace));
      text.expect(",");
      op.place_col = static_cast<std::int32_t>(text.integer(-kMostPlace, kMostPlace));
    } else {
      text.fail("keep, others unchanged, sum from +0, zeros unsigned, fraction, place, or nothing");
    }
  }
}

}  // namespace

void read_operands(TextReader& text, const Region&, Epilogue& op) {
  op.negate = text.take("-(");
  if (text.is_region() || !text.take("0")) {
    read_addend(text, op);
    while (text.take("+")) read_addend(text, op);
  }
  if (op.negate) text.expect(")");
  op.mask = text.mask();
  read_options(text, op);
}

void read_operands(TextReader& text, const Region&, ReadOut& op) {
  op.accumulator = text.region();
  op.mask = text.mask();
  if (text.take("fraction"))
    op.sum_fraction_bits = static_cast<int>(text.integer(0, kMostSumFraction));
}

}  // namespace tricycle
