// SPDX-License-Identifier: Apache-2.0
//
// Conversions against MPFR over everything that is small enough: all codes of the formats of at
// most 16 bits (and of tf32 on the way back), and all ties between neighbouring codes.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::beyond_largest;
using testing::largest_finite;
using testing::MpfrFloat;
using testing::same_value;

struct Mode {
  Rounding rounding;
  mpfr_rnd_t mpfr;
};
constexpr Mode kModes[] = {{Rounding::kNearestEven, MPFR_RNDN}, {Rounding::kTowardZero, MPFR_RNDZ}};
constexpr Format kShortFloats[] = {Format::kFp16, Format::kBf16, Format::kFloat8E4m3fn,
                                   Format::kFloat8E5m2};
constexpr Format kRoundedFloats[] = {Format::kTf32, Format::kFp16, Format::kBf16,
                                     Format::kFloat8E4m3fn, Format::kFloat8E5m2};

std::uint64_t codes(Format format) { return std::uint64_t{1} << info(format).bits; }

/// Both overflow modes of one conversion; `oracle` rounds into `format` in `rounding`.
void expect_mpfrs(Format format, double value, Rounding rounding, MpfrFloat& oracle) {
  const double expected = oracle.rounded(value);
  const auto converted = [&](FloatOverflow overflow) {
    return decode_float(format, encode_float(format, value, rounding, overflow));
  };
  // float8_e4m3fn has no infinity: NaN, or the largest value.
  const bool has_none = format == Format::kFloat8E4m3fn;
  ASSERT_TRUE(same_value(converted(FloatOverflow::kToInfinity),
                         has_none && std::isinf(expected) ? std::nan("") : expected))
      << value << " to " << name(format);
  // Only a finite value saturates: an infinity stays one where there is one.
  const bool overflowed = std::isinf(expected) && (has_none || std::isfinite(value));
  ASSERT_TRUE(same_value(converted(FloatOverflow::kSaturate),
                         overflowed ? std::copysign(largest_finite(format), value) : expected))
      << value << " to " << name(format);
}

TEST(Conversion, all_codes_of_short_formats_convert_to_every_float_format_as_mpfr_rounds_them) {
  for (Format target : {Format::kFp64, Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16,
                        Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (const Mode& mode : kModes) {
      MpfrFloat oracle(target, mode.mpfr);
      for (Format source : kShortFloats)
        for (std::uint64_t code = 0; code < codes(source); ++code) {
          ASSERT_NO_FATAL_FAILURE(
              expect_mpfrs(target, decode_float(source, code), mode.rounding, oracle))
              << name(source) << " " << code;
        }
    }
}

TEST(Conversion, all_codes_survive_the_way_through_double_and_binary32) {
  for (Format format : kRoundedFloats)
    for (std::uint64_t code = 0; code < codes(format); ++code) {
      const double value = decode_float(format, code);
      const double through =
          decode_float(Format::kFp32, encode_float(Format::kFp32, value, Rounding::kTowardZero));
      if (std::isnan(value)) {
        // Sign and payload are dropped: one quiet NaN.
        const FormatInfo& f = info(format);
        const std::uint64_t quiet = format == Format::kFloat8E4m3fn
                                        ? 0b0'1111'111
                                        : ((std::uint64_t{1} << (f.exponent_bits + 1)) - 1)
                                              << (f.mantissa_bits - 1);
        ASSERT_EQ(encode_float(format, value), quiet);
        ASSERT_EQ(encode_float(format, through), quiet);
        continue;
      }
      ASSERT_EQ(encode_float(format, value), code);
      ASSERT_EQ(encode_float(format, through), code);
    }
}

TEST(Conversion, ties_between_all_neighbouring_codes_and_their_next_doubles_round_as_mpfr_does) {
  for (Format format : kShortFloats)
    for (const Mode& mode : kModes) {
      MpfrFloat oracle(format, mode.mpfr);
      const double beyond = beyond_largest(format);
      for (std::uint64_t code = 0; std::isfinite(decode_float(format, code)); ++code) {
        // Behind the largest finite value stands what would follow without an end: the overflow
        // edge is half way to it.
        const double next = decode_float(format, code + 1);
        const double tie = (decode_float(format, code) + (std::isfinite(next) ? next : beyond)) / 2;
        for (double sign : {1.0, -1.0})
          for (double value : {tie, std::nextafter(tie, 0.0), std::nextafter(tie, 1e300)}) {
            ASSERT_NO_FATAL_FAILURE(expect_mpfrs(format, sign * value, mode.rounding, oracle));
          }
      }
    }
}

TEST(Conversion, ties_around_every_power_of_two_round_to_binary32_as_mpfr_does) {
  for (const Mode& mode : kModes) {
    MpfrFloat oracle(Format::kFp32, mode.mpfr);
    std::mt19937 random(11);
    for (int exponent = -152; exponent <= 129; ++exponent)
      for (int step = 0; step < 40; ++step) {
        // A binary32 significand with one more bit: odd ones are ties.  Ends and random middles.
        const std::int64_t digits = step < 8    ? (std::int64_t{1} << 24) + step
                                    : step < 16 ? (std::int64_t{1} << 25) - (step - 7)
                                                : (std::int64_t{1} << 24) + random() % (1 << 24);
        const double tie = std::ldexp(static_cast<double>(digits), exponent - 24);
        for (double value : {tie, std::nextafter(tie, 0.0), std::nextafter(tie, 1e300), -tie}) {
          ASSERT_NO_FATAL_FAILURE(expect_mpfrs(Format::kFp32, value, mode.rounding, oracle));
        }
      }
  }
}

TEST(Conversion, binary32_of_every_upper_half_is_stored_as_mpfr_rounds_it) {
  // Lower halves around the ties of bf16 (0x8000) and of normal fp16 (0x1000 modulo 0x2000).
  constexpr std::uint32_t kLower[] = {0x0000, 0x0001, 0x0FFF, 0x1000, 0x1001, 0x2FFF,
                                      0x3000, 0x3001, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
  for (Format format : kRoundedFloats) {
    const bool has_none = format == Format::kFloat8E4m3fn;
    MpfrFloat oracle(format);
    for (std::uint32_t upper = 0; upper < 65536; ++upper) {
      float block[std::size(kLower)];
      for (std::size_t i = 0; i < std::size(kLower); ++i)
        block[i] = std::bit_cast<float>(upper << 16 | kLower[i]);
      round_to_storage(format, block, std::size(kLower));
      for (std::size_t i = 0; i < std::size(kLower); ++i) {
        const auto value = std::bit_cast<float>(upper << 16 | kLower[i]);
        double expected = oracle.rounded(static_cast<double>(value));
        // By its own rule float8_e4m3fn saturates.
        if (has_none && std::isinf(expected)) expected = std::copysign(448.0, expected);
        ASSERT_TRUE(same_value(static_cast<double>(round_to_storage(format, value)), expected))
            << value << " to " << name(format);
        ASSERT_TRUE(same_value(static_cast<double>(block[i]), expected))
            << value << " to " << name(format);
      }
    }
  }
}

TEST(Conversion, doubles_below_and_above_every_format_become_zeros_and_infinities) {
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  for (Format format : {Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16,
                        Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (const Mode& mode : kModes) {
      MpfrFloat oracle(format, mode.mpfr);
      for (double magnitude : {0.0, kTiny, 0x1p-1022, 0x1p-151, 0x1p1023, 1e300,
                               std::numeric_limits<double>::infinity()})
        for (double sign : {1.0, -1.0}) {
          ASSERT_NO_FATAL_FAILURE(expect_mpfrs(format, sign * magnitude, mode.rounding, oracle));
        }
    }
}

}  // namespace
}  // namespace tricycle
