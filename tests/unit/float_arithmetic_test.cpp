// SPDX-License-Identifier: Apache-2.0
//
// One multiply-add of floats against MPFR, and 16-bit sums and products against MPFR and Eigen:
// all combinations of the values where rounding changes, and random ones.
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::MpfrFloat;
using testing::same_value;

/// Both signs of: zero, subnormals and the smallest normals, one and its neighbours, values whose
/// squares and products meet the ends of the range, the largest finite ones, infinity, NaN.
std::vector<double> directed_values(Format format) {
  const FormatInfo& f = info(format);
  const auto bias = static_cast<std::uint64_t>(f.exponent_bias());
  const auto at = [&](std::uint64_t exponent, std::int64_t offset = 0) {
    return (exponent << f.mantissa_bits) + static_cast<std::uint64_t>(offset);
  };
  std::vector<std::uint64_t> codes{0, 1, 2, 3, at(1, -1), at(1), at(1, 1), at(2, -1)};
  for (std::uint64_t exponent :
       {bias / 2, bias / 2 + 1, bias - 1, bias, bias + 1, bias + bias / 2, bias + (bias + 1) / 2})
    for (std::int64_t offset : {-1, 0, 1}) codes.push_back(at(exponent, offset));
  codes.push_back(at(bias) | at(1) / 2);  // 1.5: products of it are ties
  codes.push_back(at(2 * bias, 0));
  codes.push_back(at(2 * bias + 1, -2));
  codes.push_back(at(2 * bias + 1, -1));  // largest finite
  codes.push_back(at(2 * bias + 1));      // infinity
  codes.push_back(at(2 * bias + 1, 1));   // NaN
  std::vector<double> values;
  for (std::uint64_t code : codes)
    for (std::uint64_t sign : {0U, 1U})
      values.push_back(decode_float(format, code | sign << (f.bits - 1)));
  return values;
}

/// Random codes: every magnitude the format has, subnormals, infinities and NaN among them.
std::vector<double> random_values(Format format, std::size_t count, std::mt19937_64& random) {
  std::vector<double> values(count);
  for (double& v : values) v = decode_float(format, random() >> (64 - info(format).bits));
  return values;
}

/// out[i][j] = left[i] right[j] + added[i][j] in the fast and in the normative form, which must
/// agree; `added` are values of the accumulator.
template <typename T>
std::vector<T> multiply_add(const MacSpec& spec, const std::vector<double>& left,
                            const std::vector<double>& right, const std::vector<T>& added) {
  const std::vector<T> a(left.begin(), left.end()), b(right.begin(), right.end());
  const auto rows = static_cast<std::int64_t>(a.size()), cols = static_cast<std::int64_t>(b.size());
  const MatrixRef<const T> column{a.data(), rows, 1, 1}, row{b.data(), 1, cols, cols};
  std::vector<T> fast = added, normative = added;
  multiply_accumulate(spec, column, row, MatrixRef<T>{fast.data(), rows, cols, cols});
  multiply_accumulate_normative(spec, column, row,
                                MatrixRef<T>{normative.data(), rows, cols, cols});
  for (std::size_t i = 0; i < fast.size(); ++i)
    EXPECT_TRUE(same_value(static_cast<double>(fast[i]), static_cast<double>(normative[i])));
  return normative;
}

MacSpec spec_of(Format operands, MultiplyAdd multiply_add = MultiplyAdd::kSeparate) {
  return {operands,
          operands == Format::kFp64 ? Accumulator::kFp64 : Accumulator::kFp32,
          AccumulatorOverflow::kWrap,
          SumOrder::kSequential,
          multiply_add,
          1};
}

template <typename T>
void expect_one_mpfr_multiply_add(Format operands, MultiplyAdd how) {
  const Format sums = operands == Format::kFp64 ? Format::kFp64 : Format::kFp32;
  const bool one_rounding = how == MultiplyAdd::kFused || info(operands).bits < 32;
  MpfrFloat oracle(sums);
  const auto check = [&](const std::vector<double>& left, const std::vector<double>& right,
                         const std::vector<double>& added) {
    const std::vector<T> acc(added.begin(), added.end());
    const std::vector<T> result = multiply_add<T>(spec_of(operands, how), left, right, acc);
    for (std::size_t i = 0; i < left.size(); ++i)
      for (std::size_t j = 0; j < right.size(); ++j) {
        const std::size_t at = i * right.size() + j;
        const double expected =
            oracle.multiply_add(one_rounding, left[i], right[j], static_cast<double>(acc[at]));
        ASSERT_TRUE(same_value(static_cast<double>(result[at]), expected))
            << left[i] << " x " << right[j] << " + " << acc[at] << ": " << result[at];
      }
  };
  const std::vector<double> values = directed_values(operands);
  for (double added : directed_values(sums)) {
    const std::vector<double> everywhere(values.size() * values.size(), added);
    ASSERT_NO_FATAL_FAILURE(check(values, values, everywhere));
  }
  std::mt19937_64 random(12);
  for (int round = 0; round < 40; ++round) {
    const std::vector<double> left = random_values(operands, 32, random),
                              right = random_values(operands, 32, random);
    // Accumulators of the product's magnitude, so that they overlap and cancel.
    std::vector<double> added;
    for (double x : left)
      for (double y : right)
        added.push_back(oracle.rounded(-x * y * (1 + std::ldexp(1.0, -1 - int(random() % 40)))));
    ASSERT_NO_FATAL_FAILURE(check(left, right, added));
    ASSERT_NO_FATAL_FAILURE(check(left, right, random_values(sums, 1024, random)));
  }
}

TEST(FloatArithmetic, a_multiply_add_of_fp16_has_the_one_rounding_of_mpfr) {
  expect_one_mpfr_multiply_add<float>(Format::kFp16, MultiplyAdd::kSeparate);
}
TEST(FloatArithmetic, a_multiply_add_of_bf16_has_the_one_rounding_of_mpfr) {
  expect_one_mpfr_multiply_add<float>(Format::kBf16, MultiplyAdd::kSeparate);
}
TEST(FloatArithmetic, a_multiply_add_of_tf32_has_the_one_rounding_of_mpfr) {
  expect_one_mpfr_multiply_add<float>(Format::kTf32, MultiplyAdd::kSeparate);
}
TEST(FloatArithmetic, a_multiply_add_of_e5m2_has_the_one_rounding_of_mpfr) {
  expect_one_mpfr_multiply_add<float>(Format::kFloat8E5m2, MultiplyAdd::kSeparate);
}
TEST(FloatArithmetic, a_fused_multiply_add_of_fp32_is_mpfrs) {
  expect_one_mpfr_multiply_add<float>(Format::kFp32, MultiplyAdd::kFused);
}
TEST(FloatArithmetic, a_separate_multiply_add_of_fp32_has_the_two_roundings_of_mpfr) {
  expect_one_mpfr_multiply_add<float>(Format::kFp32, MultiplyAdd::kSeparate);
}
TEST(FloatArithmetic, a_fused_multiply_add_of_fp64_is_mpfrs) {
  expect_one_mpfr_multiply_add<double>(Format::kFp64, MultiplyAdd::kFused);
}
TEST(FloatArithmetic, a_separate_multiply_add_of_fp64_has_the_two_roundings_of_mpfr) {
  expect_one_mpfr_multiply_add<double>(Format::kFp64, MultiplyAdd::kSeparate);
}

/// Products and sums of 16-bit floats: in binary32, then one rounding to storage.
struct Stored {
  std::vector<float> products, sums;  // left[i] right[j], left[i] + right[j]
};
Stored stored(Format format, const std::vector<double>& left, const std::vector<double>& right) {
  const std::size_t count = left.size() * right.size();
  Stored out;
  out.products = multiply_add<float>(spec_of(format), left, right, std::vector<float>(count, 0.0F));
  std::vector<float> added;
  for (std::size_t i = 0; i < left.size(); ++i)
    added.insert(added.end(), right.begin(), right.end());
  out.sums =
      multiply_add<float>(spec_of(format), left, std::vector<double>(right.size(), 1.0), added);
  for (std::vector<float>* values : {&out.products, &out.sums})
    round_to_storage(format, values->data(), static_cast<std::int64_t>(count));
  return out;
}

/// Calls check(left, right) with all directed and 250,000 random pairs.
template <typename Check>
void for_pairs(Format format, const Check& check) {
  check(directed_values(format), directed_values(format));
  std::mt19937_64 random(13);
  for (int round = 0; round < 62; ++round)
    check(random_values(format, 64, random), random_values(format, 64, random));
}

void expect_mpfrs_when_stored(Format format) {
  for_pairs(format, [format](const std::vector<double>& left, const std::vector<double>& right) {
    const Stored result = stored(format, left, right);
    // Exact in double; + 0.0 because products are added to +0, which makes +0 of an exact -0.
    std::vector<double> products;
    for (double x : left)
      for (double y : right) products.push_back(x * y + 0.0);
    if (format == Format::kBf16) {  // below 2^-126 rounded twice: to binary32, then to bf16
      MpfrFloat single(Format::kFp32);
      for (double& p : products) p = single.rounded(p);
    }
    MpfrFloat oracle(format);
    std::size_t at = 0;
    for (double x : left)
      for (double y : right) {
        ASSERT_TRUE(
            same_value(static_cast<double>(result.products[at]), oracle.rounded(products[at])))
            << x << " x " << y;
        ASSERT_TRUE(same_value(static_cast<double>(result.sums[at]), oracle.sum(x, y)))
            << x << " + " << y;
        ++at;
      }
  });
}

TEST(FloatArithmetic, stored_sums_and_products_of_fp16_round_once_as_mpfrs) {
  expect_mpfrs_when_stored(Format::kFp16);
}
TEST(FloatArithmetic, stored_sums_and_products_of_bf16_round_as_mpfrs) {
  expect_mpfrs_when_stored(Format::kBf16);
}

template <typename EigenFloat>
void expect_eigens(Format format) {
  const auto widened = [](EigenFloat v) { return static_cast<double>(static_cast<float>(v)); };
  for_pairs(format, [&](const std::vector<double>& left, const std::vector<double>& right) {
    const Stored result = stored(format, left, right);
    std::size_t at = 0;
    for (double x : left)
      for (double y : right) {
        const EigenFloat u(static_cast<float>(x)), v(static_cast<float>(y));
        ASSERT_TRUE(
            same_value(static_cast<double>(result.products[at]), x * y == 0 ? 0.0 : widened(u * v)))
            << x << " x " << y;
        ASSERT_TRUE(same_value(static_cast<double>(result.sums[at]), widened(u + v)))
            << x << " + " << y;
        ++at;
      }
  });
}

TEST(FloatArithmetic, stored_sums_and_products_of_fp16_are_eigens) {
  expect_eigens<Eigen::half>(Format::kFp16);
}
TEST(FloatArithmetic, stored_sums_and_products_of_bf16_are_eigens) {
  expect_eigens<Eigen::bfloat16>(Format::kBf16);
}

}  // namespace
}  // namespace tricycle
