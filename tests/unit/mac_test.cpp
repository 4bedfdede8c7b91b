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

/// Random values of every magnitude the format has, subnormals, zeros, infinities and NaN among
/// them.
float any_value(Format format, std::mt19937& random, bool specials) {
  for (;;) {
    const double v = decode_float(format, random() & ((std::uint64_t{1} << info(format).bits) - 1));
    if (specials ? random() % 64 == 0 || std::isfinite(v) : std::isfinite(v) && std::abs(v) < 1e4)
      return static_cast<float>(v);
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
