// SPDX-License-Identifier: Apache-2.0
//
// Sums in the order aligned, against MPFR: exact, and rounded once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"
#include "tests/unit/sums.h"

namespace tricycle {
namespace {

using testing::any_value;
using testing::any_values;
using testing::same_value;
using testing::sum_of;
using Random = std::mt19937_64;

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
    const bool aligns = spec_.step.zeros == ZeroSteps::kAlign;
    bool adds = false;
    for (std::size_t d = 0; d < count; ++d) adds = adds || (a[d] != 0 && b[d] != 0);
    if (!adds && !aligns) return acc;
    if (!adds && acc == 0) return 0.0;
    largest = spec_.step.least_exponent == kNoLeastExponent ? largest : spec_.step.least_exponent;
    if (acc != 0) largest = std::max(largest, exponent(acc, sums));
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
    const double value = rounded(sums);
    return aligns && value == 0 ? 0.0 : value;
  }

 private:
  void add(double x, double y, long last) {
    mpfr_set_d(term_, x, MPFR_RNDN);
    mpfr_set_d(factor_, y, MPFR_RNDN);
    mpfr_mul(term_, term_, factor_, MPFR_RNDN);
    mpfr_div_2si(term_, term_, last, MPFR_RNDN);
    if (spec_.step.alignment == StepAlignment::kFloor)
      mpfr_floor(term_, term_);
    else
      mpfr_trunc(term_, term_);
    mpfr_add(total_, total_, term_, MPFR_RNDN);
  }
  double rounded(Format sums) {
    if (mpfr_zero_p(total_)) return 0.0;
    const bool other = sums == Format::kFp16 && spec_.step.fp16_rounding != Fp16StepRounding::kSame;
    const bool cut = other ? spec_.step.fp16_rounding == Fp16StepRounding::kTowardZero
                           : spec_.sum_rounding == Rounding::kTowardZero;
    const mpfr_rnd_t mode = cut ? MPFR_RNDZ : MPFR_RNDN;
    const FormatInfo& f = info(sums);
    const mpfr_exp_t old_min = mpfr_get_emin(), old_max = mpfr_get_emax();
    const int own = sums == Format::kFp32 ? static_cast<int>(spec_.step.sum_bits) : 0;
    const int bits = own != 0 ? own : f.mantissa_bits;
    mpfr_t result;
    mpfr_init2(result, bits + 1);
    mpfr_set_emin(2 - f.exponent_bias() - bits);
    mpfr_set_emax(f.exponent_bias() + 1);
    const int ternary = mpfr_set(result, total_, mode);
    mpfr_subnormalize(result, mpfr_check_range(result, ternary, mode), mode);
    double value = mpfr_get_d(result, MPFR_RNDN);
    // Past the top: the exact sum, rounded as if the exponent had no end.
    mpfr_set_emax(old_max);
    mpfr_set(result, total_, mode);
    if (spec_.step.overflow == StepOverflow::kInfinity &&
        mpfr_get_exp(result) > f.exponent_bias() + 1)
      value = mpfr_signbit(total_) ? -HUGE_VAL : HUGE_VAL;
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
/// What chips do beside the plain rule, drawn at random, one step of one row and column.
StepRule any_step(Random& random) {
  const auto coin = [&] { return random() % 2 == 0; };
  StepRule step;
  if (coin()) step.sum_bits = static_cast<std::int64_t>(random() % 24);
  if (coin()) step.least_exponent = -140 + static_cast<std::int64_t>(random() % 140);
  if (coin()) step.alignment = StepAlignment::kFloor;
  if (coin()) step.zeros = ZeroSteps::kAlign;
  if (coin()) step.overflow = StepOverflow::kInfinity;
  step.fp16_rounding = static_cast<Fp16StepRounding>(random() % 3);
  return step;
}

TEST_P(AlignedOrder, with_every_key_of_a_step_is_what_mpfr_says) {
  const Format operands = GetParam();
  Random random(35);
  for (Accumulator accumulator : {Accumulator::kFp32, Accumulator::kFp16}) {
    if (accumulator == Accumulator::kFp16 && !is_within_fp16(operands)) continue;
    const Format sums = accumulator == Accumulator::kFp16 ? Format::kFp16 : Format::kFp32;
    for (int round = 0; round < 4000; ++round) {
      const MacSpec spec{
          .operands = operands,
          .accumulator = accumulator,
          .order = SumOrder::kAligned,
          .fan_in = 16,
          .fraction_bits = 1 + static_cast<std::int64_t>(random() % 40),
          .sum_rounding = random() % 2 == 0 ? Rounding::kNearestEven : Rounding::kTowardZero,
          .step = any_step(random)};
      const std::size_t count = 1 + random() % 16;
      const int spread = round % 4 * 6;
      const auto a = any_values(operands, count, spread, random),
                 b = round % 9 == 0 ? std::vector<double>(count, 0.0)
                                    : any_values(operands, count, spread, random);
      const double start = round % 5 == 0 ? -0.0 : any_value(sums, round % 3 * 8, random);
      const double expected = AlignedOracle(spec).step(a.data(), b.data(), count, start, sums);
      const auto got = static_cast<double>(sum_of(spec, a, b, start));
      ASSERT_TRUE(same_value(got, expected))
          << "round " << round << " fraction " << spec.fraction_bits << " sum bits "
          << spec.step.sum_bits << ": " << got << ", MPFR " << expected;
    }
  }
}

TEST(AlignedOrder, adds_the_products_of_a_group_in_a_step_of_their_own) {
  // k = 0, 1, 4, 5 in the first step, k = 2, 3, 6, 7 in the second.  2^24 in the first step
  // swallows what is small there; in the second there is nothing large but the sum.
  MacSpec spec{
      .operands = Format::kFp16, .order = SumOrder::kAligned, .fan_in = 8, .fraction_bits = 23};
  spec.step.groups = spec.step.run = 2;
  const std::vector<double> large{4096, 0, 0, 0, 0, 0, -4096, 0},
      factor{4096, 1, 1, 1, 1, 1, 4096, 1};
  std::vector<double> a = large;
  a[4] = 0.5;  // beside 2^24
  EXPECT_EQ(sum_of(spec, a, factor, 0), 0);
  a = large;
  a[0] = 0, a[6] = 0, a[4] = 0.5;
  EXPECT_EQ(sum_of(spec, a, factor, 0), 0.5F);
  // From zero, then added by an ordinary addition: 2^24 + (0.5 + 0.5) is a tie, to even; one step
  // from the sum would cut both halves.
  spec.step.start = StepStart::kZero;
  const std::vector<double> halves{0.5, 0, 0.5, 0, 0, 0, 0, 0}, ones(8, 1.0);
  EXPECT_EQ(sum_of(spec, halves, ones, 16777218), 16777220) << "16777219 is a tie";
  spec.step.start = StepStart::kSum;
  EXPECT_EQ(sum_of(spec, halves, ones, 16777218), 16777218);
}

TEST(AlignedOrder, takes_the_exponents_of_two_formats_of_operands) {
  // The smallest e5m2 subnormal, 2^-16, has exponent -14 there; as e4m3's neighbour the product
  // with 2^-9 (exponent -6) is aligned to -20.
  MacSpec spec{.operands = Format::kFloat8E4m3fn,
               .order = SumOrder::kAligned,
               .fan_in = 2,
               .fraction_bits = 5,
               .right = Format::kFloat8E5m2};
  EXPECT_EQ(sum_of(spec, {0x1p-9}, {0x1p-16}, 0), 0x1p-25F);
  spec.fraction_bits = 4;
  EXPECT_EQ(sum_of(spec, {0x1p-9}, {0x1p-16}, 0), 0);
}

TEST(AlignedOrder, of_integers_saturates_once_a_step) {
  MacSpec spec{.operands = Format::kInt8,
               .accumulator = Accumulator::kInt32,
               .overflow = AccumulatorOverflow::kSaturate,
               .order = SumOrder::kAligned,
               .fan_in = 2};
  const std::vector<std::int16_t> a{127, -127}, b{1, 1};
  const auto sum = [&] {
    std::int64_t acc = 2147483647;
    multiply_accumulate(spec, MatrixRef<const std::int16_t>{a.data(), 1, 2, 2},
                        MatrixRef<const std::int16_t>{b.data(), 2, 1, 1},
                        MatrixRef<std::int64_t>{&acc, 1, 1, 1});
    return acc;
  };
  EXPECT_EQ(sum(), 2147483647);
  spec.order = SumOrder::kSequential;
  spec.fan_in = 1;
  EXPECT_EQ(sum(), 2147483647 - 127);
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
