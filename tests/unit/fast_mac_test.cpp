// SPDX-License-Identifier: Apache-2.0
//
// The fast products against the plain loops, once for every instruction set this host can run.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

namespace tricycle {
namespace {

using Random = std::mt19937_64;

/// The instruction sets Highway compiled and this host has, the one without SIMD included.
std::vector<std::int64_t> targets() {
  std::vector<std::int64_t> out;
  for (std::int64_t left = HWY_TARGETS & (hwy::SupportedTargets() | HWY_STATIC_TARGET); left != 0;
       left &= left - 1)
    out.push_back(left & -left);
  return out;
}

/// Every size from 1 to 70 in every dimension beside two random ones, then vector and register
/// edges and sizes that cross a packed panel (256 or 512 of k) and a block of rows (512).
struct Shape {
  std::int64_t m, n, k;
};
std::vector<Shape> shapes(Random& random) {
  std::vector<Shape> out;
  const auto other = [&] { return static_cast<std::int64_t>(random() % 70 + 1); };
  for (std::int64_t size = 1; size <= 70; ++size) {
    out.push_back({size, other(), other()});
    out.push_back({other(), size, other()});
    out.push_back({other(), other(), size});
  }
  for (Shape s : {Shape{64, 64, 64}, Shape{128, 128, 9}, Shape{9, 37, 1100}, Shape{17, 300, 261},
                  Shape{530, 35, 5}, Shape{515, 9, 258}})
    out.push_back(s);
  return out;
}

/// A matrix inside a larger one, which must keep what stands beside the rows.
template <typename T>
struct Matrix {
  std::int64_t rows, cols, stride;
  std::vector<T> data;

  template <typename Value>
  Matrix(std::int64_t m, std::int64_t n, Random& random, Value&& value)
      : rows(m), cols(n), stride(n + static_cast<std::int64_t>(random() % 3 * (random() % 300))) {
    data.resize(static_cast<std::size_t>(m * stride));
    for (T& e : data) e = value();
  }
  MatrixRef<const T> view() const { return {data.data(), rows, cols, stride}; }
  MatrixRef<T> view() { return {data.data(), rows, cols, stride}; }
};

template <typename T>
bool same_bits(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
  else
    return a == b;
}

/// a and b are filled by `operand`, the accumulator by `sum`.
template <typename T, typename Sum, typename Operand, typename Start>
void expect_equal_on_every_target(const MacSpec& spec, const Shape& s, Random& random,
                                  Operand&& operand, Start&& start) {
  const Matrix<T> a(s.m, s.k, random, operand), b(s.k, s.n, random, operand);
  const Matrix<Sum> before(s.m, s.n, random, start);
  Matrix<Sum> expected = before;
  multiply_accumulate_normative(spec, a.view(), b.view(), expected.view());
  for (std::int64_t target : targets()) {
    hwy::GetChosenTarget().Update(target);
    Matrix<Sum> result = before;
    multiply_accumulate(spec, a.view(), b.view(), result.view());
    for (std::size_t i = 0; i < result.data.size(); ++i)
      ASSERT_TRUE(same_bits(result.data[i], expected.data[i]))
          << hwy::TargetName(target) << " " << name(spec.operands) << " " << s.m << " " << s.n
          << " " << s.k << ": element " << i << " is " << result.data[i] << ", not "
          << expected.data[i];
  }
  hwy::GetChosenTarget().DeInit();
}

/// Random values of every magnitude the format has, subnormals and zeros of both signs among them;
/// `specials`: infinities and NaN as well, few enough to leave numbers in the result.
double any_value(Format format, Random& random, bool specials) {
  const int bits = info(format).bits;
  for (;;) {
    const double v = decode_float(format, random() >> (64 - bits));
    if (random() % 16 == 0) return std::copysign(0.0, v);
    if (specials ? std::isfinite(v) || random() % 256 == 0 : std::abs(v) < 1e4) return v;
  }
}

MacSpec sums(Format format, Accumulator accumulator, SumOrder order, Random& random) {
  const int passes[] = {1, 3, 16, 64, 300};
  return {.operands = format,
          .accumulator = accumulator,
          .order = order,
          .tile_k = order == SumOrder::kTile ? passes[random() % 5] : 1};
}

TEST(FastMac, has_more_than_one_instruction_set_to_be_tested_on) {
  EXPECT_GT(targets().size(), 1U);
}

template <typename T>
void expect_float_sums_equal(Format format, Accumulator accumulator) {
  Random random(7);
  for (SumOrder order : {SumOrder::kSequential, SumOrder::kTile})
    for (MultiplyAdd add : {MultiplyAdd::kFused, MultiplyAdd::kSeparate})
      for (bool specials : {false, true})
        for (const Shape& s : shapes(random)) {
          // Products that are exact by their width are the same in both: one is enough.
          const bool short_products = info(format).bits == 8 || accumulator == Accumulator::kFp16;
          if (short_products && add == MultiplyAdd::kFused) continue;
          MacSpec spec = sums(format, accumulator, order, random);
          spec.multiply_add = add;
          const auto value = [&] { return static_cast<T>(any_value(format, random, specials)); };
          expect_equal_on_every_target<T, T>(spec, s, random, value, value);
        }
}

TEST(FastMac, fp16_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kFp16, Accumulator::kFp32);
}
TEST(FastMac, bf16_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kBf16, Accumulator::kFp32);
}
TEST(FastMac, tf32_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kTf32, Accumulator::kFp32);
}
TEST(FastMac, eight_bit_float_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kFloat8E4m3fn, Accumulator::kFp32);
  expect_float_sums_equal<float>(Format::kFloat8E5m2, Accumulator::kFp32);
}
TEST(FastMac, sums_in_fp16_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kFp16, Accumulator::kFp16);
}
TEST(FastMac, fp32_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<float>(Format::kFp32, Accumulator::kFp32);
}
TEST(FastMac, fp64_sums_equal_the_plain_loops_bit_for_bit) {
  expect_float_sums_equal<double>(Format::kFp64, Accumulator::kFp64);
}

/// Whole range of the operands, one in eight the most negative number, whose products are the
/// largest; accumulators at the ends of their range one time in two, so that sums leave it.
void expect_integer_sums_equal(Format format, Accumulator accumulator) {
  Random random(8);
  const int bits = accumulator_bytes(accumulator) * 8;
  const auto operand = [&] {
    const auto low = static_cast<std::int16_t>(-(1 << (info(format).bits - 1)));
    const int unused = 16 - info(format).bits;
    return random() % 8 == 0
               ? low
               : static_cast<std::int16_t>(static_cast<std::int16_t>(random()) >> unused);
  };
  const auto start = [&] {
    // An int64 sum must not overflow in the plain loops: stay 2^40 away from the ends.
    const int room = bits == 64 ? 20 : 0;
    const std::int64_t any = static_cast<std::int64_t>(random()) >> (64 - bits) >> room,
                       end = std::numeric_limits<std::int64_t>::max() >> (64 - bits) >> room;
    return random() % 2 == 0 ? any : random() % 2 == 0 ? end : -end - 1;
  };
  for (SumOrder order : {SumOrder::kSequential, SumOrder::kTile})
    for (AccumulatorOverflow overflow :
         {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate})
      for (const Shape& s : shapes(random)) {
        MacSpec spec = sums(format, accumulator, order, random);
        spec.overflow = overflow;
        expect_equal_on_every_target<std::int16_t, std::int64_t>(spec, s, random, operand, start);
      }
}

TEST(FastMac, int8_sums_equal_the_plain_loops_whatever_the_accumulator_does) {
  for (Accumulator accumulator : {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
    expect_integer_sums_equal(Format::kInt8, accumulator);
}
TEST(FastMac, int4_sums_equal_the_plain_loops) {
  expect_integer_sums_equal(Format::kInt4, Accumulator::kInt32);
}
TEST(FastMac, int16_sums_equal_the_plain_loops_whatever_the_accumulator_does) {
  for (Accumulator accumulator : {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
    expect_integer_sums_equal(Format::kInt16, accumulator);
}

TEST(FastMac, an_empty_sum_leaves_the_accumulator_as_it_is) {
  std::vector<float> none(1), acc{1.5F, -0.0F};
  for (SumOrder order : {SumOrder::kSequential, SumOrder::kTile}) {
    multiply_accumulate({.order = order, .tile_k = 4}, MatrixRef<const float>{none.data(), 1, 0, 1},
                        {none.data(), 0, 2, 2}, MatrixRef<float>{acc.data(), 1, 2, 2});
    EXPECT_TRUE(same_bits(acc[0], 1.5F) && same_bits(acc[1], -0.0F));
  }
}

}  // namespace
}  // namespace tricycle
