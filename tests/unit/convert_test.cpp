// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/convert.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <random>

namespace tricycle {
namespace {

TEST(Convert, all_codes_of_the_16_bit_floats_decode_as_eigens_and_encode_back) {
  for (std::uint32_t code = 0; code < 65536; ++code) {
    const auto bits = static_cast<std::uint16_t>(code);
    const double half = decode_float(Format::kFp16, bits),
                 brain = decode_float(Format::kBf16, bits);
    const auto eigen_half =
        static_cast<double>(static_cast<float>(Eigen::numext::bit_cast<Eigen::half>(bits)));
    const auto eigen_brain =
        static_cast<double>(static_cast<float>(Eigen::numext::bit_cast<Eigen::bfloat16>(bits)));
    ASSERT_TRUE(half == eigen_half || (std::isnan(half) && std::isnan(eigen_half))) << code;
    ASSERT_TRUE(brain == eigen_brain || (std::isnan(brain) && std::isnan(eigen_brain))) << code;
    if (!std::isnan(half)) {
      ASSERT_EQ(encode_float(Format::kFp16, half), code);
    }
    if (!std::isnan(brain)) {
      ASSERT_EQ(encode_float(Format::kBf16, brain), code);
    }
  }
}

TEST(Convert, binary32_to_16_bits_rounds_as_eigen_does) {
  std::mt19937 random(1);
  for (int i = 0; i < 2'000'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isnan(value)) continue;
    ASSERT_EQ(encode_float(Format::kFp16, value),
              Eigen::numext::bit_cast<std::uint16_t>(Eigen::half(value)))
        << value;
    ASSERT_EQ(encode_float(Format::kBf16, value),
              Eigen::numext::bit_cast<std::uint16_t>(Eigen::bfloat16(value)))
        << value;
  }
}

/// value rounded by MPFR with the precision and exponent range of the format, subnormals included.
double mpfr_rounded(Format format, double value, mpfr_rnd_t mode) {
  const FormatInfo& f = info(format);
  const mpfr_exp_t old_min = mpfr_get_emin(), old_max = mpfr_get_emax();
  mpfr_t x;
  mpfr_init2(x, f.mantissa_bits + 1);
  mpfr_set_emin(2 - f.exponent_bias() - f.mantissa_bits);  // smallest subnormal is 0.5 x 2^emin
  mpfr_set_emax(f.exponent_bias() + 1);
  const int ternary = mpfr_set_d(x, value, mode);
  mpfr_subnormalize(x, mpfr_check_range(x, ternary, mode), mode);
  const double result = mpfr_get_d(x, MPFR_RNDN);
  mpfr_clear(x);
  mpfr_set_emin(old_min);
  mpfr_set_emax(old_max);
  return result;
}

class AgainstMpfr : public ::testing::TestWithParam<Format> {};
TEST_P(AgainstMpfr, doubles_of_every_magnitude_round_once_in_both_modes) {
  const FormatInfo& f = info(GetParam());
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    // Exponents from below the smallest subnormal to above the largest finite value; few bits, so
    // that ties are frequent.
    const int exponent =
        static_cast<int>(random() %
                         static_cast<std::uint64_t>(2 * f.exponent_bias() + f.mantissa_bits + 8)) -
        f.exponent_bias() - f.mantissa_bits - 4;
    const auto digits = static_cast<double>(random() >> (random() % 60));
    const double value = std::ldexp(digits, exponent - 32) * (random() % 2 == 0 ? 1 : -1);
    ASSERT_EQ(decode_float(f.id, encode_float(f.id, value)), mpfr_rounded(f.id, value, MPFR_RNDN))
        << value;
    ASSERT_EQ(decode_float(f.id, encode_float(f.id, value, Rounding::kTowardZero)),
              mpfr_rounded(f.id, value, MPFR_RNDZ))
        << value;
  }
}
INSTANTIATE_TEST_SUITE_P(Formats, AgainstMpfr,
                         ::testing::Values(Format::kFp32, Format::kFp16, Format::kBf16),
                         [](const auto& param) { return std::string(name(param.param)); });

TEST(Convert, specials_keep_their_sign_and_overflow_saturates_on_request) {
  EXPECT_EQ(encode_float(Format::kFp16, 65520.0),
            0b0'11111'0000000000U);  // halfway beyond 65504: to infinity
  EXPECT_EQ(encode_float(Format::kFp16, 65519.0), 0b0'11110'1111111111U);
  EXPECT_EQ(encode_float(Format::kFp16, -1e9, Rounding::kNearestEven, FloatOverflow::kSaturate),
            0b1'11110'1111111111U);
  EXPECT_EQ(encode_float(Format::kBf16, -0.0), 0b1'00000000'0000000U);
  EXPECT_EQ(encode_float(Format::kFp16, std::nan("")), 0b0'11111'1000000000U);
}

TEST(Convert, the_block_form_rounds_like_the_scalar_one) {
  std::mt19937 random(3);
  std::vector<float> values(100'003);
  for (float& v : values) v = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
  for (Format format : {Format::kFp32, Format::kFp16, Format::kBf16}) {
    std::vector<float> block = values;
    round_to_storage(format, block.data(), static_cast<std::int64_t>(block.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto expected =
          static_cast<float>(decode_float(format, encode_float(format, values[i])));
      ASSERT_TRUE(std::bit_cast<std::uint32_t>(block[i]) ==
                      std::bit_cast<std::uint32_t>(expected) ||
                  (std::isnan(block[i]) && std::isnan(expected)));
    }
  }
}

TEST(Convert, quantisation_rounds_to_even_and_requantisation_half_up) {
  EXPECT_EQ(quantize(2.5 / 128, 8, 7).value, 2);
  EXPECT_EQ(quantize(3.5 / 128, 8, 7).value, 4);
  EXPECT_EQ(quantize(1.0, 8, 7).value, 127);
  EXPECT_TRUE(quantize(1.0, 8, 7).saturated);
  EXPECT_EQ(quantize(-1.0, 16, 15).value, -32768);
  EXPECT_FALSE(quantize(-1.0, 16, 15).saturated);
  EXPECT_EQ(requantize(64, 7, 8).value, 1);   // +0.5 goes up
  EXPECT_EQ(requantize(-64, 7, 8).value, 0);  // and so does -0.5
  EXPECT_EQ(requantize(-65, 7, 8).value, -1);
  EXPECT_EQ(requantize(100, -2, 8).value, 127);
  EXPECT_EQ(requantize(std::numeric_limits<std::int64_t>::max(), 15, 16).value, 32767);
}

TEST(Convert, requantisation_equals_exact_arithmetic_for_every_shift) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 200'000; ++i) {
    const auto acc = static_cast<std::int32_t>(random());
    const int shift = 1 + static_cast<int>(random() % 20);
    const std::int64_t exact = (std::int64_t{acc} + (std::int64_t{1} << (shift - 1))) >> shift;
    ASSERT_EQ(requantize(acc, shift, 16).value, std::clamp<std::int64_t>(exact, -32768, 32767));
  }
}

TEST(Convert, accumulators_wrap_or_saturate_at_their_width) {
  EXPECT_EQ(clip_accumulator(2147483648, Accumulator::kInt32, AccumulatorOverflow::kWrap),
            -2147483648);
  EXPECT_EQ(clip_accumulator(2147483648, Accumulator::kInt32, AccumulatorOverflow::kSaturate),
            2147483647);
  EXPECT_EQ(
      clip_accumulator(std::int64_t{1} << 47, Accumulator::kInt48, AccumulatorOverflow::kWrap),
      -(std::int64_t{1} << 47));
  EXPECT_EQ(
      clip_accumulator(std::int64_t{1} << 47, Accumulator::kInt64, AccumulatorOverflow::kWrap),
      std::int64_t{1} << 47);
}

}  // namespace
}  // namespace tricycle
