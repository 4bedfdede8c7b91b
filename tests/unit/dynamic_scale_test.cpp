// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/dynamic_scale.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace tricycle {
namespace {

/// Any finite binary32, all exponents alike.
float any_float(std::mt19937& random) {
  for (;;) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isfinite(value)) return value;
  }
}

TEST(LargestCode, is_the_greatest_whose_sums_stay_in_the_accumulator) {
  for (const int bits : {4, 8, 16})
    for (const Accumulator accumulator :
         {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
      for (std::int64_t longest = 1; longest <= 256; ++longest) {
        const std::int64_t code = largest_code(bits, accumulator, longest);
        const int width = 8 * accumulator_bytes(accumulator);
        const std::int64_t most = std::numeric_limits<std::int64_t>::max() >> (64 - width);
        EXPECT_LE(code * code * longest, most);
        if (code < (std::int64_t{1} << (bits - 1)) - 1) {
          EXPECT_GT((code + 1) * (code + 1) * longest, most);
        }
      }
  EXPECT_EQ(largest_code(16, Accumulator::kInt32, 64), 5792);   // sqrt(2^31 / 2^6) = 5792.6
  EXPECT_EQ(largest_code(16, Accumulator::kInt32, 16), 11585);  // 2^13.5
  EXPECT_EQ(largest_code(16, Accumulator::kInt48, 256), 32767);
  EXPECT_EQ(largest_code(8, Accumulator::kInt32, 256), 127);
}

TEST(Scale, is_the_correctly_rounded_quotient_of_mpfr) {
  std::mt19937 random(1);
  mpfr_t x;
  mpfr_init2(x, 24);
  for (int i = 0; i < 200'000; ++i) {
    const float magnitude = std::abs(any_float(random));
    const auto largest = static_cast<std::int32_t>(1 + random() % 32767);
    mpfr_set_flt(x, magnitude, MPFR_RNDN);
    mpfr_div_si(x, x, largest, MPFR_RNDN);
    const float quotient = mpfr_get_flt(x, MPFR_RNDN);
    const float least = std::numeric_limits<float>::min();
    ASSERT_EQ(scale_of(magnitude, largest, ScaleRounding::kExact), std::max(quotient, least));
  }
  mpfr_clear(x);
}

TEST(Scale, that_is_a_power_of_two_is_the_least_one_that_is_no_less) {
  std::mt19937 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const float magnitude = std::abs(any_float(random));
    const std::int32_t largest = random() % 2 == 0 ? 127 : 5792;
    const float exact = scale_of(magnitude, largest, ScaleRounding::kExact);
    const float power = scale_of(magnitude, largest, ScaleRounding::kPowerOfTwo);
    int exponent = 0;
    ASSERT_EQ(std::frexp(power, &exponent), 0.5F);
    ASSERT_GE(power, exact);
    ASSERT_LT(power / 2, exact);
  }
  for (int e = -126; e < 120; ++e)  // powers of two stay
    EXPECT_EQ(scale_of(std::ldexp(64.0F, e), 64, ScaleRounding::kPowerOfTwo), std::ldexp(1.0F, e));
}

TEST(Code, of_nothing_its_scale_was_measured_on_is_clipped) {
  std::mt19937 random(3);
  for (int i = 0; i < 500'000; ++i) {
    const float magnitude = std::abs(any_float(random));
    const std::int32_t largest = i % 4 == 0 ? 7 : i % 4 == 1 ? 127 : i % 4 == 2 ? 5792 : 32767;
    for (const ScaleRounding rounding : {ScaleRounding::kExact, ScaleRounding::kPowerOfTwo}) {
      const float inverse = inverse_scale(scale_of(magnitude, largest, rounding));
      ASSERT_TRUE(std::isnormal(inverse));
      ASSERT_LT(std::abs(magnitude * inverse), static_cast<float>(largest) + 0.5F);
      const std::int32_t code = code_of(magnitude, inverse, largest);
      ASSERT_EQ(code_of(-magnitude, inverse, largest), -code);
      if (rounding == ScaleRounding::kExact &&
          magnitude / static_cast<float>(largest) >= std::numeric_limits<float>::min()) {
        ASSERT_EQ(code, largest);  // the whole range is used
      }
    }
  }
}

TEST(Code, with_a_power_of_two_is_a_shift_of_the_significand) {
  std::mt19937 random(4);
  for (int i = 0; i < 200'000; ++i) {
    const float magnitude = std::ldexp(1.0F + static_cast<float>(random() % 8192) / 8192.0F,
                                       static_cast<int>(random() % 200) - 100);
    const float value = magnitude * (static_cast<float>(1 + random() % 65535) / 65536.0F);
    const float scale = scale_of(magnitude, 127, ScaleRounding::kPowerOfTwo);
    int value_exponent = 0, scale_exponent = 0;
    const auto significand =
        static_cast<std::int64_t>(std::ldexp(std::frexp(value, &value_exponent), 24));
    std::frexp(scale, &scale_exponent);
    // value / scale = significand 2^-shift; to nearest even on integers alone.
    const int shift = 24 - value_exponent + scale_exponent - 1;
    const std::int64_t down = shift >= 62 ? 0 : significand >> shift;
    const std::int64_t rest = significand - (shift >= 62 ? 0 : down << shift);
    const std::int64_t half = shift >= 62 ? std::int64_t{1} << 61 : std::int64_t{1} << (shift - 1);
    const std::int64_t expected = down + (rest > half || (rest == half && down % 2 != 0) ? 1 : 0);
    ASSERT_EQ(code_of(value, inverse_scale(scale), 127), expected) << value << " / " << scale;
  }
}

TEST(Code, of_nan_and_infinity_is_zero_and_their_scale_shows_them) {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  for (const ScaleRounding rounding : {ScaleRounding::kExact, ScaleRounding::kPowerOfTwo}) {
    EXPECT_TRUE(std::isnan(scale_of(nan, 127, rounding)));
    EXPECT_EQ(scale_of(infinity, 127, rounding), infinity);
  }
  EXPECT_EQ(code_of(nan, 1, 127), 0);
  EXPECT_EQ(code_of(infinity, inverse_scale(infinity), 127), 0);
  EXPECT_EQ(code_of(1, inverse_scale(infinity), 127), 0);
  EXPECT_EQ(code_of(1, inverse_scale(nan), 127), 0);
}

TEST(Code, of_zeros_needs_no_case_of_its_own) {
  const float scale = scale_of(0, 127, ScaleRounding::kExact);
  EXPECT_EQ(scale, std::numeric_limits<float>::min());
  EXPECT_EQ(code_of(0, inverse_scale(scale), 127), 0);
}

}  // namespace
}  // namespace tricycle
