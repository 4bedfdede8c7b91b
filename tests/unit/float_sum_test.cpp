// SPDX-License-Identifier: Apache-2.0
//
// Whole sums of float products against MPFR, one rounding an addition, in the stated order.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

using testing::MpfrFloat;
using testing::same_value;

constexpr std::int64_t kLongest = 200;
constexpr std::int64_t kOutputs = 3;  // one row of A, three columns of B

struct Sums {
  Format operands;
  MultiplyAdd multiply_add;
  SumOrder order;
  int tile_k;
};
void PrintTo(const Sums& s, std::ostream* out) { *out << name(s.operands) << " " << s.tile_k; }

/// What MPFR makes of added + sum over k of a[k] b[k][column].
double expected_sum(MpfrFloat& oracle, const Sums& s, const std::vector<double>& a,
                    const std::vector<double>& b, std::int64_t column, double added) {
  const bool one_rounding = s.multiply_add == MultiplyAdd::kFused || info(s.operands).bits < 32;
  const bool tiled = s.order == SumOrder::kTile;
  const auto depth = static_cast<std::int64_t>(a.size());
  double total = added;
  for (std::int64_t first = 0; first < depth;) {
    // 1. A pass starts from +0, a sequential sum from what is there.
    const std::int64_t end = tiled ? std::min<std::int64_t>(depth, first + s.tile_k) : depth;
    double sum = tiled ? 0.0 : total;
    // 2. k ascending.
    for (; first < end; ++first)
      sum = oracle.multiply_add(one_rounding, a[static_cast<std::size_t>(first)],
                                b[static_cast<std::size_t>(first * kOutputs + column)], sum);
    // 3. The pass is added as a whole.
    total = tiled ? oracle.sum(total, sum) : sum;
  }
  return total;
}

/// Values of the format around `magnitude`, both signs.
std::vector<double> values_around(Format format, double magnitude, std::int64_t count,
                                  std::mt19937_64& random) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& v : values) {
    const double unit = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63;
    v = decode_float(format, encode_float(format, unit * std::ldexp(magnitude, -int(random() % 8)),
                                          Rounding::kNearestEven, FloatOverflow::kSaturate));
  }
  return values;
}

template <typename T>
void expect_sums_of_every_length(const Sums& s, double magnitude) {
  const Format sums = s.operands == Format::kFp64 ? Format::kFp64 : Format::kFp32;
  const MacSpec spec{s.operands,
                     sums == Format::kFp64 ? Accumulator::kFp64 : Accumulator::kFp32,
                     AccumulatorOverflow::kWrap,
                     s.order,
                     s.multiply_add,
                     s.tile_k};
  MpfrFloat oracle(sums);
  std::mt19937_64 random(14);
  for (std::int64_t k = 1; k <= kLongest; ++k) {
    const std::vector<double> a = values_around(s.operands, magnitude, k, random),
                              b = values_around(s.operands, magnitude, k * kOutputs, random),
                              added = values_around(sums, magnitude * magnitude, kOutputs, random);
    const std::vector<T> x(a.begin(), a.end()), y(b.begin(), b.end());
    std::vector<T> fast(added.begin(), added.end()), normative = fast;
    const MatrixRef<const T> row{x.data(), 1, k, k}, columns{y.data(), k, kOutputs, kOutputs};
    multiply_accumulate(spec, row, columns, MatrixRef<T>{fast.data(), 1, kOutputs, kOutputs});
    multiply_accumulate_normative(spec, row, columns,
                                  MatrixRef<T>{normative.data(), 1, kOutputs, kOutputs});
    for (std::int64_t j = 0; j < kOutputs; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const double expected = expected_sum(oracle, s, a, b, j, added[at]);
      ASSERT_TRUE(same_value(static_cast<double>(normative[at]), expected)) << "k = " << k;
      ASSERT_TRUE(same_value(static_cast<double>(fast[at]), expected)) << "k = " << k;
    }
  }
}

class FloatSum : public ::testing::TestWithParam<Sums> {};
TEST_P(FloatSum, of_1_to_200_products_is_mpfrs) {
  const Sums& s = GetParam();
  // Around 1; where products are subnormal in the accumulator; where sums leave its range.  fp16
  // does neither: its own ends.
  std::array<double, 3> magnitudes{1.0, 0x1p-72, 0x1p63};
  const bool wide = s.operands == Format::kFp64;
  if (wide) magnitudes = {1.0, 0x1p-535, 0x1p511};
  if (s.operands == Format::kFp16) magnitudes = {1.0, 0x1p-20, 0x1p15};
  if (info(s.operands).bits == 8) magnitudes = {1.0, 0x1p-6, 0x1p8};
  for (double magnitude : magnitudes) {
    if (wide)
      expect_sums_of_every_length<double>(s, magnitude);
    else
      expect_sums_of_every_length<float>(s, magnitude);
  }
}

std::vector<Sums> all_sums() {
  std::vector<Sums> out;
  for (Format format : {Format::kFp64, Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16,
                        Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (MultiplyAdd add : {MultiplyAdd::kFused, MultiplyAdd::kSeparate}) {
      out.push_back({format, add, SumOrder::kSequential, 1});
      for (int tile_k : {7, 16}) out.push_back({format, add, SumOrder::kTile, tile_k});
    }
  return out;
}
std::string sums_name(const ::testing::TestParamInfo<Sums>& info) {
  const Sums& s = info.param;
  return std::string(name(s.operands)) +
         (s.multiply_add == MultiplyAdd::kFused ? "_fused" : "_separate") +
         (s.order == SumOrder::kTile ? "_tile_" + std::to_string(s.tile_k) : "_sequential");
}
INSTANTIATE_TEST_SUITE_P(Arithmetic, FloatSum, ::testing::ValuesIn(all_sums()), sums_name);

}  // namespace
}  // namespace tricycle
