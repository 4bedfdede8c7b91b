// SPDX-License-Identifier: Apache-2.0
//
// Rounding to storage other than to nearest: toward zero, stochastic, flushed subnormals; of floats
// and of fixed point.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/random_bits.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::MpfrFloat;
using testing::same_value;

constexpr Format kRoundedFloats[] = {Format::kTf32, Format::kFp16, Format::kBf16,
                                     Format::kFloat8E4m3fn, Format::kFloat8E5m2};

TEST(RandomBits, are_the_known_answers_of_philox_4x32_10) {
  // Random123 1.14.0, kat_vectors.
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// One value a hundred thousand times, in as many places, rounded stochastically.
std::vector<float> rounded_everywhere(Format format, float value, std::uint64_t seed = 1) {
  std::vector<float> block(100'000, value);
  const StorageRule rule{.format = format, .rounding = Rounding::kStochastic, .seed = seed};
  round_to_storage(rule, {0, 0, 250, 400}, block.data());
  return block;
}

TEST(StochasticRounding, gives_both_neighbours_and_nothing_else_with_the_value_as_their_mean) {
  std::mt19937 random(21);
  for (Format format : kRoundedFloats) {
    MpfrFloat down(format, MPFR_RNDD), up(format, MPFR_RNDU);
    for (int i = 0; i < 6; ++i) {
      // Ordinary values of both signs, and one among the subnormals.
      const double unit = 0.5 + static_cast<double>(random() % 4096) / 8192 + 0.3 / 8192;
      const double scale = i == 5 ? std::ldexp(1.0, 1 - info(format).exponent_bias()) / 2 : 1;
      const auto value = static_cast<float>((i % 2 == 0 ? unit : -unit) * scale);
      const double low = down.rounded(static_cast<double>(value)),
                   high = up.rounded(static_cast<double>(value));
      ASSERT_LT(low, high);
      double sum = 0;
      for (float r : rounded_everywhere(format, value)) {
        ASSERT_TRUE(static_cast<double>(r) == low || static_cast<double>(r) == high) << value;
        sum += static_cast<double>(r);
      }
      // Standard deviation of the mean: at most half a gap by sqrt(100,000); five of them.
      EXPECT_NEAR(sum / 100'000, static_cast<double>(value), 5 * (high - low) / 2 / 316.2)
          << name(format);
    }
  }
}

TEST(StochasticRounding, leaves_values_of_the_format_as_they_are) {
  for (Format format : kRoundedFloats)
    for (double value : {0.0, -0.0, 1.0, -1.5, 8.0})
      for (float r : rounded_everywhere(format, static_cast<float>(value)))
        ASSERT_TRUE(same_value(static_cast<double>(r), value));
}

TEST(StochasticRounding, depends_on_seed_place_and_value_alone_and_on_no_cut_of_the_matrix) {
  const StorageRule rule{.format = Format::kBf16, .rounding = Rounding::kStochastic, .seed = 7};
  std::mt19937 random(22);
  std::vector<float> whole(32 * 48);
  for (float& v : whole) v = static_cast<float>(random() % 100'000) / 77'777;
  const std::vector<float> values = whole;
  round_to_storage(rule, {100, 200, 32, 48}, whole.data());
  // In tiles of 8 x 16, last one first.
  for (int i = 24; i >= 0; i -= 8)
    for (int j = 32; j >= 0; j -= 16) {
      std::vector<float> tile;
      for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 16; ++c)
          tile.push_back(values[static_cast<std::size_t>((i + r) * 48 + j + c)]);
      round_to_storage(rule, {100 + i, 200 + j, 8, 16}, tile.data());
      for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 16; ++c)
          ASSERT_EQ(tile[static_cast<std::size_t>(r * 16 + c)],
                    whole[static_cast<std::size_t>((i + r) * 48 + j + c)]);
    }
  const auto ups = [](const std::vector<float>& v) {
    return std::count_if(v.begin(), v.end(), [](float r) { return r > 1.003F; });
  };
  const auto one = rounded_everywhere(Format::kBf16, 1.003F, 1),
             two = rounded_everywhere(Format::kBf16, 1.003F, 2);
  EXPECT_NE(one, two);
  EXPECT_NEAR(static_cast<double>(ups(one)), static_cast<double>(ups(two)), 5 * 223.0)
      << "two draws of 100,000 at p = 0.384: sigma of the difference is 218";
  EXPECT_EQ(one, rounded_everywhere(Format::kBf16, 1.003F, 1));
}

TEST(StochasticRounding, far_below_the_smallest_subnormal_rounds_up_as_rarely_as_it_should) {
  // 2^-12 of fp16's smallest, 2^-24: 24.4 of 100,000 on average, sigma 4.9.
  const std::vector<float> block = rounded_everywhere(Format::kFp16, 0x1p-36F);
  const auto ups = std::count(block.begin(), block.end(), 0x1p-24F);
  EXPECT_NEAR(static_cast<double>(ups), 24.4, 25);
  EXPECT_GT(ups, 0);
  EXPECT_EQ(std::count(block.begin(), block.end(), 0.0F), 100'000 - ups);
}

TEST(Flushing, makes_zeros_of_all_codes_that_are_subnormal_and_of_no_others) {
  for (Format format : kRoundedFloats)
    for (std::uint64_t code = 0; code < std::uint64_t{1} << info(format).bits; ++code) {
      const double value = decode_float(format, code);
      if (std::isnan(value)) continue;
      const StorageRule rule{.format = format, .subnormals = Subnormals::kFlush};
      const bool subnormal =
          std::abs(value) < std::ldexp(1.0, 2 - (1 << (info(format).exponent_bits - 1)));
      const double stored = decode_float(format, encode_float(rule, value));
      ASSERT_TRUE(same_value(stored, subnormal ? std::copysign(0.0, value) : value) ||
                  std::isinf(value))
          << name(format) << " " << code;
      auto operand = static_cast<float>(value);
      flush_subnormals(rule, &operand, 1);
      ASSERT_TRUE(
          same_value(static_cast<double>(operand), subnormal ? std::copysign(0.0, value) : value));
    }
}

TEST(Flushing, comes_after_rounding_so_that_what_rounds_up_to_a_normal_is_kept) {
  const StorageRule rule{.format = Format::kFp16, .subnormals = Subnormals::kFlush};
  EXPECT_EQ(encode_float(rule, 0x1p-14 - 0x1p-26), 0b0'00001'0000000000U);
  EXPECT_EQ(encode_float(rule, -(0x1p-14 - 0x1p-24)), 0b1'00000'0000000000U);
}

/// floor, ceiling and ties of value / 2^shift from the mathematics, in long double.
std::int64_t rounded_quotient(std::int64_t value, int shift, Rounding rounding) {
  const long double exact = std::ldexp(static_cast<long double>(value), -shift);
  switch (rounding) {
    case Rounding::kNearestEven: return static_cast<std::int64_t>(std::nearbyint(exact));
    case Rounding::kTowardZero: return static_cast<std::int64_t>(std::trunc(exact));
    case Rounding::kHalfUp: return static_cast<std::int64_t>(std::floor(exact + 0.5L));
    case Rounding::kStochastic: break;
  }
  return 0;
}

TEST(Requantisation, rounds_every_small_accumulator_as_the_mode_says) {
  for (Rounding rounding : {Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kHalfUp})
    for (int shift = 1; shift <= 9; ++shift)
      for (std::int64_t acc = -70'000; acc <= 70'000; ++acc) {
        const std::int64_t exact = rounded_quotient(acc, shift, rounding);
        const FixedResult q = requantize(acc, shift, 16, rounding, 0);
        ASSERT_EQ(q.value, std::clamp<std::int64_t>(exact, -32768, 32767)) << acc << " " << shift;
        ASSERT_EQ(q.saturated, exact > 32767 || exact < -32768);
      }
}

TEST(Requantisation, stochastic_rounds_up_from_the_floor_exactly_as_often_as_the_fraction_says) {
  // All 256 values of the 8 random bits that matter.
  for (std::int64_t acc = -600; acc <= 600; ++acc) {
    std::int64_t sum = 0;
    for (std::uint64_t r = 0; r < 256; ++r) {
      const FixedResult q = requantize(acc, 8, 16, Rounding::kStochastic, r << 56);
      const auto floor = static_cast<std::int64_t>(std::floor(static_cast<double>(acc) / 256));
      ASSERT_TRUE(q.value == floor || q.value == floor + 1);
      sum += q.value;
    }
    ASSERT_EQ(sum, acc) << "256 x mean = 256 x acc / 256";
  }
}

}  // namespace
}  // namespace tricycle
