// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/mac.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/numerics/convert.h"

namespace tricycle {
namespace {

template <typename T>
MatrixRef<T> ref(std::vector<std::remove_const_t<T>>& v, std::int64_t rows, std::int64_t cols) {
  return {v.data(), rows, cols, cols};
}

struct Shape {
  std::int64_t m, n, k;
};
// Ones, primes, register and vector edges, and a k that crosses a packed panel.
const Shape kShapes[] = {{1, 1, 1},    {1, 64, 63},  {7, 5, 3},     {6, 32, 16},   {13, 33, 17},
                         {64, 64, 64}, {67, 31, 97}, {128, 128, 9}, {70, 40, 600}, {70, 300, 261}};

/// Random values of every magnitude the format has, subnormals, zeros, infinities and NaN among
/// them.
float any_value(Format format, std::mt19937& random, bool specials) {
  for (;;) {
    const double v = decode_float(format, random() & ((std::uint64_t{1} << info(format).bits) - 1));
    if (specials ? random() % 64 == 0 || std::isfinite(v) : std::isfinite(v) && std::abs(v) < 1e4)
      return static_cast<float>(v);
  }
}

bool same_bits(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

TEST(FastMac, float_sums_equal_the_plain_loops_bit_for_bit) {
  std::mt19937 random(7);
  for (Format format : {Format::kFp32, Format::kFp16, Format::kBf16})
    for (SumOrder order : {SumOrder::kSequential, SumOrder::kTile})
      for (MultiplyAdd add : {MultiplyAdd::kFused, MultiplyAdd::kSeparate})
        for (bool specials : {false, true})
          for (const Shape& s : kShapes) {
            std::vector<float> a(static_cast<std::size_t>(s.m * s.k)),
                b(static_cast<std::size_t>(s.k * s.n)), x(static_cast<std::size_t>(s.m * s.n));
            for (auto* v : {&a, &b, &x})
              for (float& e : *v) e = any_value(format, random, specials);
            std::vector<float> y = x;
            const MacSpec spec{format, Accumulator::kFp32, AccumulatorOverflow::kWrap, order, add,
                               16};
            multiply_accumulate(spec, ref<const float>(a, s.m, s.k), ref<const float>(b, s.k, s.n),
                                ref<float>(x, s.m, s.n));
            multiply_accumulate_normative(spec, ref<const float>(a, s.m, s.k),
                                          ref<const float>(b, s.k, s.n), ref<float>(y, s.m, s.n));
            for (std::size_t i = 0; i < x.size(); ++i)
              ASSERT_TRUE(same_bits(x[i], y[i]))
                  << name(format) << " " << s.m << " " << s.n << " " << s.k;
          }
}

TEST(FastMac, integer_sums_equal_the_plain_loops_whatever_the_accumulator_does) {
  std::mt19937 random(8);
  for (Format format : {Format::kInt16, Format::kInt8})
    for (Accumulator accumulator : {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
      for (AccumulatorOverflow overflow :
           {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate})
        for (const Shape& s : kShapes) {
          std::vector<std::int16_t> a(static_cast<std::size_t>(s.m * s.k)),
              b(static_cast<std::size_t>(s.k * s.n));
          for (auto* v : {&a, &b})
            for (std::int16_t& e : *v)
              e = static_cast<std::int16_t>(format == Format::kInt8
                                                ? static_cast<std::int8_t>(random())
                                                : static_cast<std::int16_t>(random()));
          a[0] = b[0] = format == Format::kInt8 ? -128 : -32768;
          std::vector<std::int64_t> x(static_cast<std::size_t>(s.m * s.n));
          for (std::int64_t& e : x) e = static_cast<std::int32_t>(random());
          std::vector<std::int64_t> y = x;
          const MacSpec spec{
              format, accumulator, overflow, SumOrder::kSequential, MultiplyAdd::kFused, 1};
          multiply_accumulate(spec, ref<const std::int16_t>(a, s.m, s.k),
                              ref<const std::int16_t>(b, s.k, s.n), ref<std::int64_t>(x, s.m, s.n));
          multiply_accumulate_normative(spec, ref<const std::int16_t>(a, s.m, s.k),
                                        ref<const std::int16_t>(b, s.k, s.n),
                                        ref<std::int64_t>(y, s.m, s.n));
          ASSERT_EQ(x, y) << name(format) << " " << s.m << " " << s.n << " " << s.k;
        }
}

TEST(FastMac, double_sums_equal_the_plain_loops) {
  std::mt19937_64 random(9);
  for (MultiplyAdd add : {MultiplyAdd::kFused, MultiplyAdd::kSeparate})
    for (const Shape& s : kShapes) {
      std::vector<double> a(static_cast<std::size_t>(s.m * s.k)),
          b(static_cast<std::size_t>(s.k * s.n)), x(static_cast<std::size_t>(s.m * s.n), 0.5);
      for (auto* v : {&a, &b})
        for (double& e : *v) e = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63;
      std::vector<double> y = x;
      const MacSpec spec{Format::kFp64,
                         Accumulator::kFp64,
                         AccumulatorOverflow::kWrap,
                         SumOrder::kSequential,
                         add,
                         1};
      multiply_accumulate(spec, ref<const double>(a, s.m, s.k), ref<const double>(b, s.k, s.n),
                          ref<double>(x, s.m, s.n));
      multiply_accumulate_normative(spec, ref<const double>(a, s.m, s.k),
                                    ref<const double>(b, s.k, s.n), ref<double>(y, s.m, s.n));
      ASSERT_EQ(x, y);
    }
}

TEST(NormativeMac, a_chain_of_fused_sums_in_fp32_is_mpfrs) {
  std::mt19937 random(10);
  mpfr_t x, y, sum;
  mpfr_inits2(24, x, y, sum,
              nullptr);  // binary32 without its exponent range, which these values stay inside
  for (int round = 0; round < 2000; ++round) {
    std::vector<float> a(8), b(8), acc(1, 0.0F);
    mpfr_set_zero(sum, 1);
    for (std::size_t k = 0; k < 8; ++k) {
      a[k] = any_value(Format::kFp16, random, false);
      b[k] = any_value(Format::kFp16, random, false);
      mpfr_set_flt(x, a[k], MPFR_RNDN);
      mpfr_set_flt(y, b[k], MPFR_RNDN);
      mpfr_fma(sum, x, y, sum, MPFR_RNDN);
    }
    const MacSpec spec{Format::kFp16,         Accumulator::kFp32,     AccumulatorOverflow::kWrap,
                       SumOrder::kSequential, MultiplyAdd::kSeparate, 1};
    multiply_accumulate_normative(spec, ref<const float>(a, 1, 8), ref<const float>(b, 8, 1),
                                  ref<float>(acc, 1, 1));
    ASSERT_EQ(acc[0], mpfr_get_flt(sum, MPFR_RNDN));
  }
  mpfr_clears(x, y, sum, nullptr);
}

TEST(NormativeMac, all_pairs_of_int8_multiply_exactly) {
  const MacSpec spec{Format::kInt8,         Accumulator::kInt32, AccumulatorOverflow::kWrap,
                     SumOrder::kSequential, MultiplyAdd::kFused, 1};
  std::vector<std::int16_t> column(256), row(256);
  for (int i = 0; i < 256; ++i)
    column[static_cast<std::size_t>(i)] = row[static_cast<std::size_t>(i)] =
        static_cast<std::int16_t>(i - 128);
  std::vector<std::int64_t> acc(65536, 0);
  multiply_accumulate(spec, ref<const std::int16_t>(column, 256, 1),
                      ref<const std::int16_t>(row, 1, 256), ref<std::int64_t>(acc, 256, 256));
  for (int i = 0; i < 256; ++i)
    for (int j = 0; j < 256; ++j)
      ASSERT_EQ(acc[static_cast<std::size_t>(i * 256 + j)], (i - 128) * (j - 128));
}

TEST(NormativeMac, saturation_is_applied_after_every_addition_in_order) {
  std::vector<std::int16_t> a{-32768, -32768, 32767}, b{-32768, -32768, -32768};
  std::vector<std::int64_t> wrap{0}, saturate{0};
  MacSpec spec{Format::kInt16,        Accumulator::kInt32, AccumulatorOverflow::kWrap,
               SumOrder::kSequential, MultiplyAdd::kFused, 1};
  multiply_accumulate_normative(spec, ref<const std::int16_t>(a, 1, 3),
                                ref<const std::int16_t>(b, 3, 1), ref<std::int64_t>(wrap, 1, 1));
  spec.overflow = AccumulatorOverflow::kSaturate;
  multiply_accumulate_normative(spec, ref<const std::int16_t>(a, 1, 3),
                                ref<const std::int16_t>(b, 3, 1),
                                ref<std::int64_t>(saturate, 1, 1));
  EXPECT_EQ(wrap[0], std::int64_t{1073741824} * 2 -
                         1073709056);  // 2^30 + 2^30 - (2^30 - 2^15), no end reached in 64 bits
  EXPECT_EQ(saturate[0], std::int64_t{2147483647} - 1073709056);  // clipped at 2^31 - 1 first
}

}  // namespace
}  // namespace tricycle
