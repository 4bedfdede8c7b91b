// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/convert.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <mpfr.h>

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

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
                         ::testing::Values(Format::kFp32, Format::kTf32, Format::kFp16,
                                           Format::kBf16, Format::kFloat8E5m2),
                         [](const auto& param) { return std::string(name(param.param)); });

TEST(Convert, specials_keep_their_sign_and_overflow_saturates_on_request) {
  EXPECT_EQ(encode_float(Format::kFp16, 65520.0),
            0b0'11111'0000000000U);  // halfway beyond 65504: to infinity
  EXPECT_EQ(encode_float(Format::kFp16, 65519.0), 0b0'11110'1111111111U);
  EXPECT_EQ(encode_float(Format::kFp16, -1e9, Rounding::kNearestEven, FloatOverflow::kSaturate),
            0b1'11110'1111111111U);
  EXPECT_EQ(encode_float(Format::kBf16, -0.0), 0b1'00000000'0000000U);
  EXPECT_EQ(encode_float(Format::kFp16, std::nan("")), 0b0'11111'1000000000U);
  for (Format format : {Format::kFp64, Format::kFp32, Format::kFp16, Format::kBf16})
    EXPECT_EQ(encode_float(format, -std::nan("1")), encode_float(format, std::nan("")))
        << "one NaN: what arithmetic makes of sign and payload differs between hosts";
}

/// Every sign, every exponent of T; fractions from dense to none, and those a little below, at and
/// above the halfway points of each of the formats.
template <typename T, typename Bits>
std::vector<T> dense_sample() {
  constexpr int kFractionBits = std::numeric_limits<T>::digits - 1;
  std::vector<T> out;
  std::mt19937_64 random(3);
  for (Bits top = 0; top < (Bits{1} << (8 * sizeof(T) - kFractionBits)); ++top) {
    const auto add = [&](Bits fraction) {
      out.push_back(std::bit_cast<T>(
          static_cast<Bits>(top << kFractionBits | (fraction & ((Bits{1} << kFractionBits) - 1)))));
    };
    // Subnormals of a format keep from none of the fraction bits on, down to all of them.
    for (int last_kept = 0; last_kept <= kFractionBits; ++last_kept) {
      const Bits unit = Bits{1} << last_kept, half = unit / 2;
      for (int i = 0; i < 2; ++i) {
        const Bits kept = static_cast<Bits>(random()) & ~(unit - 1);
        for (Bits fraction : {kept, kept | unit, kept + half, (kept | unit) + half})
          for (int step : {-1, 0, 1}) add(fraction + static_cast<Bits>(step));
      }
    }
  }
  return out;
}

/// Values of `block`, which was rounded by the block form, against the normative rounding.
template <typename T>
void expect_rounded(Format format, const std::vector<T>& values, const std::vector<float>& block) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto expected = static_cast<float>(
        decode_float(format, encode_float(format, static_cast<double>(values[i]))));
    ASSERT_EQ(std::bit_cast<std::uint32_t>(block[i]), std::bit_cast<std::uint32_t>(expected))
        << name(format) << " " << values[i];
  }
}

template <typename Round>
void on_every_target(Round&& round) {
  for (std::int64_t left = HWY_TARGETS & (hwy::SupportedTargets() | HWY_STATIC_TARGET); left != 0;
       left &= left - 1) {
    SCOPED_TRACE(hwy::TargetName(left & -left));
    hwy::GetChosenTarget().Update(left & -left);
    round();
  }
  hwy::GetChosenTarget().DeInit();
}

TEST(Convert, blocks_of_floats_round_like_single_ones_on_every_instruction_set) {
  const std::vector<float> values = dense_sample<float, std::uint32_t>();
  for (Format format :
       {Format::kTf32, Format::kFp16, Format::kBf16, Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    on_every_target([&] {
      std::vector<float> block = values;
      round_to_storage(format, block.data(), static_cast<std::int64_t>(block.size()));
      expect_rounded(format, values, block);
    });
}

TEST(Convert, blocks_of_doubles_round_like_single_ones_on_every_instruction_set) {
  const std::vector<double> values = dense_sample<double, std::uint64_t>();
  for (Format format : {Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16,
                        Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    on_every_target([&] {
      std::vector<float> block(values.size());
      round_to_storage(format, values.data(), block.data(),
                       static_cast<std::int64_t>(block.size()));
      expect_rounded(format, values, block);
    });
}

TEST(Convert, blocks_overflow_and_flush_as_the_rule_says_on_every_instruction_set) {
  const std::vector<float> values = dense_sample<float, std::uint32_t>();
  for (Format format :
       {Format::kTf32, Format::kFp16, Format::kBf16, Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (FloatOverflow overflow : {FloatOverflow::kToInfinity, FloatOverflow::kSaturate})
      for (Subnormals subnormals : {Subnormals::kKeep, Subnormals::kFlush})
        on_every_target([&] {
          const StorageRule rule{
              .format = format, .overflow = overflow, .subnormals = subnormals, .seed = 0};
          std::vector<float> block = values;
          const auto count = static_cast<std::int64_t>(block.size());
          round_to_storage(rule, {0, 0, 1, count}, block.data());
          for (std::size_t i = 0; i < values.size(); ++i) {
            const auto expected = static_cast<float>(
                decode_float(format, encode_float(rule, static_cast<double>(values[i]))));
            ASSERT_EQ(std::bit_cast<std::uint32_t>(block[i]),
                      std::bit_cast<std::uint32_t>(expected))
                << name(format) << " " << values[i];
          }
        });
}

TEST(Convert, blocks_of_every_length_leave_what_stands_behind_them) {
  // 0.1 is 1.6 x 2^-4, and 1638/1024 x 2^-4 in fp16
  for (std::int64_t count = 0; count <= 40; ++count)
    on_every_target([&] {
      std::vector<float> in_place(41, 0.1F), out(41, 0.1F);
      const std::vector<double> values(41, 0.1);
      round_to_storage(Format::kFp16, in_place.data(), count);
      round_to_storage(Format::kFp16, values.data(), out.data(), count);
      for (std::int64_t i = 0; i < 41; ++i) {
        const float expected = i < count ? 1638.0F / 16384 : 0.1F;
        ASSERT_EQ(in_place[static_cast<std::size_t>(i)], expected);
        ASSERT_EQ(out[static_cast<std::size_t>(i)], expected);
      }
    });
}

TEST(Convert, blocks_of_fp32_stay_as_they_are) {
  std::vector<float> values{0.1F, -0.0F, std::bit_cast<float>(0x7FA00001U)};
  const std::vector<float> before = values;
  round_to_storage(Format::kFp32, values.data(), 3);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(std::bit_cast<std::uint32_t>(values[i]), std::bit_cast<std::uint32_t>(before[i]));
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
