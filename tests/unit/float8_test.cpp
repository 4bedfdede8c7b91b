// SPDX-License-Identifier: Apache-2.0
//
// The 8-bit floats over everything there is: all codes, and all 256 x 256 pairs.
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::largest_finite;
using testing::MpfrFloat;
using testing::same_value;

constexpr Format kE4m3 = Format::kFloat8E4m3fn, kE5m2 = Format::kFloat8E5m2;

TEST(Float8, landmarks_are_those_of_the_ocp_specification) {
  // OCP 8-bit Floating Point Specification (OFP8), table 2.
  EXPECT_EQ(decode_float(kE4m3, 0b0'1111'110), 448.0);           // (1 + 6/8) 2^8
  EXPECT_EQ(decode_float(kE4m3, 0b0'0001'000), 0x1p-6);          // smallest normal
  EXPECT_EQ(decode_float(kE4m3, 0b0'0000'111), 0.875 * 0x1p-6);  // largest subnormal
  EXPECT_EQ(decode_float(kE4m3, 0b1'0000'001), -0x1p-9);         // smallest subnormal
  EXPECT_TRUE(std::isnan(decode_float(kE4m3, 0b0'1111'111)));
  EXPECT_TRUE(std::isnan(decode_float(kE4m3, 0b1'1111'111)));
  EXPECT_EQ(decode_float(kE5m2, 0b0'11110'11), 57344.0);         // (1 + 3/4) 2^15
  EXPECT_EQ(decode_float(kE5m2, 0b0'00001'00), 0x1p-14);         // smallest normal
  EXPECT_EQ(decode_float(kE5m2, 0b0'00000'11), 0.75 * 0x1p-14);  // largest subnormal
  EXPECT_EQ(decode_float(kE5m2, 0b0'00000'01), 0x1p-16);         // smallest subnormal
  EXPECT_EQ(decode_float(kE5m2, 0b1'11111'00), -HUGE_VAL);
  for (std::uint64_t code : {0b0'11111'01U, 0b0'11111'10U, 0b1'11111'11U})
    EXPECT_TRUE(std::isnan(decode_float(kE5m2, code)));
}

TEST(Float8, all_codes_of_e5m2_are_upper_halves_of_eigens_binary16) {
  for (std::uint32_t code = 0; code < 256; ++code)
    EXPECT_TRUE(same_value(
        decode_float(kE5m2, code),
        static_cast<double>(static_cast<float>(
            Eigen::numext::bit_cast<Eigen::half>(static_cast<std::uint16_t>(code << 8))))))
        << code;
}

TEST(Float8, codes_of_e4m3fn_ascend_by_the_ulp_of_their_binade_and_only_the_last_is_no_number) {
  double expected = 0;
  for (std::uint32_t code = 0; code < 127; ++code) {
    EXPECT_EQ(decode_float(kE4m3, code), expected) << code;
    EXPECT_EQ(decode_float(kE4m3, code | 128), -expected) << code;
    EXPECT_EQ(encode_float(kE4m3, expected), code);
    // 2^-9 through the subnormals and the first binade of normals, doubling every 8 codes.
    expected += std::ldexp(1.0, -9 + std::max(0, static_cast<int>(code / 8) - 1));
  }
}

/// Every code as a value, NaN and infinities included.
std::vector<double> all_values(Format format) {
  std::vector<double> values;
  for (std::uint32_t code = 0; code < 256; ++code) values.push_back(decode_float(format, code));
  return values;
}

/// What a format makes of an MPFR result whose infinities mean "beyond".  `exact`: that of infinite
/// precision, infinite only where an operand was.
double stored(Format format, double rounded, bool exact_is_infinite, FloatOverflow overflow) {
  if (!std::isinf(rounded)) return rounded;
  const bool has_none = format == kE4m3;
  if (overflow == FloatOverflow::kSaturate && (has_none || !exact_is_infinite))
    return std::copysign(largest_finite(format), rounded);
  return has_none ? std::nan("") : rounded;
}

class Float8Pairs : public ::testing::TestWithParam<Format> {};
TEST_P(Float8Pairs, all_65536_add_and_multiply_and_are_stored_as_mpfr_rounds_them) {
  const Format format = GetParam();
  const std::vector<double> values = all_values(format);
  for (mpfr_rnd_t mode : {MPFR_RNDN, MPFR_RNDZ}) {
    MpfrFloat oracle(format, mode);
    for (FloatOverflow overflow : {FloatOverflow::kToInfinity, FloatOverflow::kSaturate}) {
      const StorageRule rule{
          .format = format,
          .rounding = mode == MPFR_RNDN ? Rounding::kNearestEven : Rounding::kTowardZero,
          .overflow = overflow};
      for (double x : values)
        for (double y : values) {
          // Exact in binary64: at most 8 and 34 bits.
          const double product = x * y, sum = x + y;
          ASSERT_TRUE(
              same_value(decode_float(format, encode_float(rule, product)),
                         stored(format, oracle.product(x, y), std::isinf(product), overflow)))
              << x << " x " << y;
          ASSERT_TRUE(same_value(decode_float(format, encode_float(rule, sum)),
                                 stored(format, oracle.sum(x, y), std::isinf(sum), overflow)))
              << x << " + " << y;
        }
    }
  }
}

TEST_P(Float8Pairs, all_65536_products_and_sums_pass_through_a_binary32_accumulator) {
  const Format format = GetParam();
  const std::vector<double> values = all_values(format);
  const std::vector<float> operands(values.begin(), values.end());
  const std::vector<float> ones(256, 1.0F);
  const MacSpec spec{.operands = format, .accumulator = Accumulator::kFp32};
  const MatrixRef<const float> column{operands.data(), 256, 1, 1},
      row{operands.data(), 1, 256, 256}, row_of_ones{ones.data(), 1, 256, 256};
  std::vector<float> products(65536, 0.0F), sums;
  for (int i = 0; i < 256; ++i) sums.insert(sums.end(), operands.begin(), operands.end());
  multiply_accumulate(spec, column, row, {products.data(), 256, 256, 256});
  multiply_accumulate(spec, column, row_of_ones, {sums.data(), 256, 256, 256});
  for (std::vector<float>* block : {&products, &sums})
    round_to_storage(format, block->data(), 65536);
  MpfrFloat oracle(format);
  for (std::size_t i = 0; i < 256; ++i)
    for (std::size_t j = 0; j < 256; ++j) {
      const double x = values[i], y = values[j];
      const auto by_its_rule = [&](double rounded, bool infinite) {
        return stored(format, rounded, infinite, info(format).overflow);
      };
      // + 0.0: products are added to +0, which makes +0 of an exact -0.
      const double product = oracle.product(x, y);
      ASSERT_TRUE(same_value(static_cast<double>(products[i * 256 + j]),
                             by_its_rule(x * y == 0 ? 0.0 : product, std::isinf(x * y))))
          << x << " x " << y;
      ASSERT_TRUE(same_value(static_cast<double>(sums[i * 256 + j]),
                             by_its_rule(oracle.sum(x, y), std::isinf(x + y))))
          << x << " + " << y;
    }
}
INSTANTIATE_TEST_SUITE_P(Formats, Float8Pairs, ::testing::Values(kE4m3, kE5m2),
                         [](const auto& param) { return std::string(name(param.param)); });

TEST(Float8, overflow_saturates_in_e4m3fn_and_is_infinite_in_e5m2_unless_told_otherwise) {
  EXPECT_EQ(encode_float(kE4m3, 464.0), 0b0'1111'110U) << "a tie between 448 and 480: the even one";
  EXPECT_EQ(encode_float(kE4m3, 465.0), 0b0'1111'110U);
  EXPECT_EQ(encode_float(kE4m3, -HUGE_VAL), 0b1'1111'110U);
  EXPECT_EQ(encode_float(kE5m2, 61440.0), 0b0'11111'00U) << "half way from 57344 to 65536";
  const auto nearest = Rounding::kNearestEven;
  EXPECT_EQ(encode_float(kE4m3, -465.0, nearest, FloatOverflow::kToInfinity), 0b0'1111'111U);
  EXPECT_EQ(encode_float(kE5m2, -1e9, nearest, FloatOverflow::kSaturate), 0b1'11110'11U);
  EXPECT_EQ(encode_float(kE5m2, HUGE_VAL, nearest, FloatOverflow::kSaturate), 0b0'11111'00U);
}

}  // namespace
}  // namespace tricycle
