// SPDX-License-Identifier: Apache-2.0
//
// Sums in accumulators of fp16 and in the orders tree and aligned, against MPFR: rounded operation
// by operation, or exact and rounded once.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::MpfrFloat;
using testing::same_value;
using Random = std::mt19937_64;

/// acc + a b of one row and one column, in both forms, which must agree.
float sum_of(const MacSpec& spec, const std::vector<double>& a, const std::vector<double>& b,
             double acc) {
  const std::vector<float> x(a.begin(), a.end()), y(b.begin(), b.end());
  const auto k = static_cast<std::int64_t>(a.size());
  const MatrixRef<const float> row{x.data(), 1, k, k}, column{y.data(), k, 1, 1};
  auto fast = static_cast<float>(acc), normative = fast;
  multiply_accumulate(spec, row, column, MatrixRef<float>{&fast, 1, 1, 1});
  multiply_accumulate_normative(spec, row, column, MatrixRef<float>{&normative, 1, 1, 1});
  EXPECT_TRUE(same_value(static_cast<double>(fast), static_cast<double>(normative)));
  return normative;
}

/// Values of the format of up to 2^-`spread` times one, or of all its codes where spread is 0.
double any_value(Format format, int spread, Random& random) {
  for (;;) {
    const double v =
        spread == 0
            ? decode_float(format, random() >> (64 - info(format).bits))
            : decode_float(
                  format,
                  encode_float(format,
                               std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                          -63 - int(random() % unsigned(spread)))));
    if (std::isfinite(v)) return v;
  }
}
std::vector<double> any_values(Format format, std::size_t count, int spread, Random& random) {
  std::vector<double> out(count);
  for (double& v : out) v = any_value(format, spread, random);
  return out;
}

TEST(Fp16Accumulator, holds_sums_of_exact_products_with_one_rounding_each_as_mpfrs) {
  Random random(31);
  MpfrFloat oracle(Format::kFp16);
  for (Format operands : {Format::kFp16, Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (int tile_k : {0, 5})
      for (int round = 0; round < 3000; ++round) {
        const int spread = round % 4 * 4;
        const std::size_t count = 1 + random() % 24;
        const auto a = any_values(operands, count, spread, random),
                   b = any_values(operands, count, spread, random);
        const double start = any_value(Format::kFp16, spread, random);
        const MacSpec spec{.operands = operands,
                           .accumulator = Accumulator::kFp16,
                           .order = tile_k > 0 ? SumOrder::kTile : SumOrder::kSequential,
                           .tile_k = std::max(tile_k, 1)};
        double expected = start;
        const std::size_t pass = tile_k > 0 ? 5 : count;
        for (std::size_t k = 0; k < count;) {
          double sum = tile_k > 0 ? 0.0 : expected;
          for (const std::size_t end = std::min(count, k + pass); k < end; ++k)
            sum = oracle.fused(a[k], b[k], sum);
          expected = tile_k > 0 ? oracle.sum(expected, sum) : sum;
        }
        ASSERT_TRUE(same_value(static_cast<double>(sum_of(spec, a, b, start)), expected))
            << name(operands);
      }
}

TEST(Fp16Accumulator, rounds_products_of_22_bits_once_where_binary32_would_round_twice) {
  const MacSpec spec{.operands = Format::kFp16, .accumulator = Accumulator::kFp16};
  // u v = 1025 x 2047 x 2^-32 = (2^21 + 1023) 2^-32, 2^-11 and a little: 1 + u v is above the tie.
  const double u = 1025 * 0x1p-21, v = 2047 * 0x1p-11;
  MpfrFloat oracle(Format::kFp16);
  EXPECT_EQ(oracle.fused(u, v, 1.0), 1 + 0x1p-10);
  EXPECT_EQ(sum_of(spec, {u}, {v}, 1.0), 1 + 0x1p-10F);
  // (2^21 + 1) 2^-32 has as little above it as binary32 loses beside 1: found among all pairs.
  int differing = 0;
  for (int i = 1024; i < 2048; ++i)
    for (int j = 1024; j < 2048; ++j) {
      if (i * j <= 1 << 21 || i * j >= (1 << 21) + (1 << 8)) continue;
      const double x = i * 0x1p-21, y = j * 0x1p-11, expected = oracle.fused(x, y, 1.0);
      ASSERT_EQ(static_cast<double>(sum_of(spec, {x}, {y}, 1.0)), expected) << i << " " << j;
      const float in_binary32 = 1.0F + static_cast<float>(x * y);
      differing += static_cast<double>(round_to_storage(Format::kFp16, in_binary32)) != expected;
    }
  EXPECT_GT(differing, 0) << "the case must exist";
}

/// The definition again: neighbours first, an odd last one passes.
double tree_of(MpfrFloat& oracle, std::vector<double> nodes) {
  while (nodes.size() > 1) {
    std::vector<double> above;
    for (std::size_t i = 0; i + 1 < nodes.size(); i += 2)
      above.push_back(oracle.sum(nodes[i], nodes[i + 1]));
    if (nodes.size() % 2 != 0) above.push_back(nodes.back());
    nodes = above;
  }
  return nodes[0];
}

TEST(TreeOrder, of_every_fan_in_rounds_every_node_as_mpfr_does) {
  Random random(32);
  for (Format operands :
       {Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16, Format::kFloat8E5m2})
    for (Accumulator accumulator : {Accumulator::kFp32, Accumulator::kFp16}) {
      if (accumulator == Accumulator::kFp16 && !is_within_fp16(operands)) continue;
      const Format sums = accumulator == Accumulator::kFp16 ? Format::kFp16 : Format::kFp32;
      MpfrFloat oracle(sums);
      for (std::size_t fan_in : {1U, 2U, 3U, 4U, 7U, 8U, 16U, 32U})
        for (int round = 0; round < 60; ++round) {
          const std::size_t count = 1 + random() % 50;
          const int spread = round % 3 * 6;
          const auto a = any_values(operands, count, spread, random),
                     b = any_values(operands, count, spread, random);
          double expected = any_value(sums, 6, random);
          const MacSpec spec{.operands = operands,
                             .accumulator = accumulator,
                             .order = SumOrder::kTree,
                             .fan_in = static_cast<std::int64_t>(fan_in)};
          const float result = sum_of(spec, a, b, expected);
          for (std::size_t k = 0; k < count; k += fan_in) {
            std::vector<double> nodes(fan_in, 0.0);
            for (std::size_t d = 0; d < std::min(fan_in, count - k); ++d)
              nodes[d] = oracle.product(a[k + d], b[k + d]);
            expected = oracle.sum(expected, tree_of(oracle, nodes));
          }
          ASSERT_TRUE(same_value(static_cast<double>(result), expected))
              << name(operands) << " fan-in " << fan_in;
        }
    }
}

/// The aligned sum in MPFR: exact arithmetic of 2000 bits, truncation by its integer part, and one
/// rounding into the accumulator's format.
class AlignedOracle {
 public:
  explicit AlignedOracle(const MacSpec& spec) : spec_(spec) {
    mpfr_inits2(2000, total_, term_, factor_, nullptr);
  }
  ~AlignedOracle() { mpfr_clears(total_, term_, factor_, nullptr); }
  AlignedOracle(const AlignedOracle&) = delete;
  AlignedOracle& operator=(const AlignedOracle&) = delete;

  double step(const double* a, const double* b, std::size_t count, double acc, Format sums) {
    // 1. The largest exponent: mpfr_get_exp is of a significand in [1/2, 1).
    long largest = -100000;
    const auto exponent = [&](double v, Format format) {
      mpfr_set_d(term_, v, MPFR_RNDN);
      return std::max<long>(mpfr_get_exp(term_) - 1, 1 - info(format).exponent_bias());
    };
    bool adds = false;
    for (std::size_t d = 0; d < count; ++d) adds = adds || (a[d] != 0 && b[d] != 0);
    if (!adds) return acc;
    if (acc != 0) largest = exponent(acc, sums);
    for (std::size_t d = 0; d < count; ++d)
      if (a[d] != 0 && b[d] != 0)
        largest =
            std::max(largest, exponent(a[d], spec_.operands) + exponent(b[d], spec_.operands));
    // 2. Every addend without what lies below 2^(largest - fraction_bits).
    const long last = largest - spec_.fraction_bits;
    mpfr_set_zero(total_, 1);
    add(acc, 1, last);
    for (std::size_t d = 0; d < count; ++d) add(a[d], b[d], last);
    // 3. One rounding: MPFR's own, into the accumulator's precision and range.
    mpfr_mul_2si(total_, total_, last, MPFR_RNDN);
    return rounded(sums);
  }

 private:
  void add(double x, double y, long last) {
    mpfr_set_d(term_, x, MPFR_RNDN);
    mpfr_set_d(factor_, y, MPFR_RNDN);
    mpfr_mul(term_, term_, factor_, MPFR_RNDN);
    mpfr_div_2si(term_, term_, last, MPFR_RNDN);
    mpfr_trunc(term_, term_);
    mpfr_add(total_, total_, term_, MPFR_RNDN);
  }
  double rounded(Format sums) {
    if (mpfr_zero_p(total_)) return 0.0;
    const mpfr_rnd_t mode = spec_.sum_rounding == Rounding::kTowardZero ? MPFR_RNDZ : MPFR_RNDN;
    const FormatInfo& f = info(sums);
    const mpfr_exp_t old_min = mpfr_get_emin(), old_max = mpfr_get_emax();
    mpfr_t result;
    mpfr_init2(result, f.mantissa_bits + 1);
    mpfr_set_emin(2 - f.exponent_bias() - f.mantissa_bits);
    mpfr_set_emax(f.exponent_bias() + 1);
    const int ternary = mpfr_set(result, total_, mode);
    mpfr_subnormalize(result, mpfr_check_range(result, ternary, mode), mode);
    const double value = mpfr_get_d(result, MPFR_RNDN);
    mpfr_clear(result);
    mpfr_set_emin(old_min);
    mpfr_set_emax(old_max);
    return value;
  }

  const MacSpec& spec_;
  mpfr_t total_, term_, factor_;
};

class AlignedOrder : public ::testing::TestWithParam<Format> {};
TEST_P(AlignedOrder, is_the_exact_sum_of_truncated_addends_rounded_once) {
  const Format operands = GetParam();
  Random random(33);
  for (Accumulator accumulator : {Accumulator::kFp32, Accumulator::kFp16}) {
    if (accumulator == Accumulator::kFp16 && !is_within_fp16(operands)) continue;
    const Format sums = accumulator == Accumulator::kFp16 ? Format::kFp16 : Format::kFp32;
    for (Rounding rounding : {Rounding::kNearestEven, Rounding::kTowardZero})
      for (std::int64_t fraction_bits : {1, 13, 23, 24, 25, 40})
        for (std::size_t fan_in : {1U, 4U, 8U, 16U, 32U})
          for (int round = 0; round < 24; ++round) {
            const MacSpec spec{.operands = operands,
                               .accumulator = accumulator,
                               .order = SumOrder::kAligned,
                               .fan_in = static_cast<std::int64_t>(fan_in),
                               .fraction_bits = fraction_bits,
                               .sum_rounding = rounding};
            const std::size_t count = 1 + random() % 40;
            const int spread = round % 4 * 6;
            auto a = any_values(operands, count, spread, random),
                 b = any_values(operands, count, spread, random);
            if (round % 8 == 0) a[0] = 0;
            double expected = round % 5 == 0 ? 0.0 : any_value(sums, 8, random);
            const float result = sum_of(spec, a, b, expected);
            AlignedOracle oracle(spec);
            bool finite = true;
            for (std::size_t k = 0; k < count && finite; k += fan_in) {
              expected = oracle.step(&a[k], &b[k], std::min(fan_in, count - k), expected, sums);
              finite = std::isfinite(expected);
            }
            if (!finite) continue;
            ASSERT_TRUE(same_value(static_cast<double>(result), expected))
                << "fraction " << fraction_bits << " fan-in " << fan_in;
          }
  }
}
INSTANTIATE_TEST_SUITE_P(Formats, AlignedOrder,
                         ::testing::Values(Format::kFp32, Format::kTf32, Format::kFp16,
                                           Format::kBf16, Format::kFloat8E4m3fn,
                                           Format::kFloat8E5m2),
                         [](const auto& param) { return std::string(name(param.param)); });

TEST(AlignedOrder, loses_what_the_largest_addend_pushes_out_of_its_fraction_bits) {
  // 2^12 2^12 = 2^24 beside eight products of 1: 23 fraction bits (Volta) end at 2, 24 (Ampere)
  // at 1.
  MacSpec spec{.operands = Format::kFp16, .order = SumOrder::kAligned, .fan_in = 9};
  std::vector<double> a(9, 1.0), b(9, 1.0);
  a[0] = b[0] = 4096;
  spec.fraction_bits = 23;
  EXPECT_EQ(sum_of(spec, a, b, 0), 16777216);
  spec.fraction_bits = 24;
  EXPECT_EQ(sum_of(spec, a, b, 0), 16777216 + 8);
  EXPECT_EQ(sum_of({.operands = Format::kFp16}, a, b, 0), 16777216) << "one by one: ties to even";
}

TEST(AlignedOrder, keeps_infinities_and_makes_nan_of_opposite_ones) {
  const MacSpec spec{.operands = Format::kFp16, .order = SumOrder::kAligned, .fan_in = 4};
  const double inf = HUGE_VAL;
  EXPECT_EQ(sum_of(spec, {inf, 1}, {2, 1}, 0), inf);
  EXPECT_EQ(sum_of(spec, {1, 1}, {1, 1}, -inf), -inf);
  EXPECT_TRUE(std::isnan(sum_of(spec, {inf, -inf}, {1, 1}, 0)));
  EXPECT_TRUE(std::isnan(sum_of(spec, {inf}, {0}, 0)));
}

TEST(AlignedOrder, leaves_the_accumulator_alone_in_steps_of_zeros_its_sign_too) {
  const MacSpec spec{.operands = Format::kBf16, .order = SumOrder::kAligned, .fan_in = 4};
  EXPECT_TRUE(std::signbit(sum_of(spec, {-0.0}, {1}, -0.0)));
  EXPECT_FALSE(std::signbit(sum_of(spec, {-0.0}, {1}, 0.0)));
  EXPECT_FALSE(std::signbit(sum_of(spec, {1, -1}, {1, 1}, -0.0))) << "a sum of zero is +0";
  // -2^-246 rounds to -0; the four zeros behind it may be there or not.
  const std::vector<double> a{-0x1p-126, 0, 0, 0}, b{0x1p-120, 1, 1, 1};
  std::vector<double> more_a = a, more_b = b;
  more_a.resize(8, 0.0);
  more_b.resize(8, 1.0);
  EXPECT_TRUE(std::signbit(sum_of(spec, a, b, 0)));
  EXPECT_TRUE(std::signbit(sum_of(spec, more_a, more_b, 0)));
}

}  // namespace
}  // namespace tricycle
