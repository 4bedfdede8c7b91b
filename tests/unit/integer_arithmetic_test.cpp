// SPDX-License-Identifier: Apache-2.0
//
// Integer products, accumulators and requantisation against exact arithmetic: 128-bit integers and
// GMP.
#include <gmp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

namespace tricycle {
namespace {

__extension__ using Int128 = __int128;
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min(),
                       kHighest = std::numeric_limits<std::int64_t>::max();

int width_of(Accumulator accumulator) { return 8 * accumulator_bytes(accumulator); }

/// `value` brought back into a register of `bits` bits.
std::int64_t into_register(Int128 value, int bits, AccumulatorOverflow overflow) {
  const Int128 range = Int128{1} << bits, high = range / 2 - 1, low = -range / 2;
  if (overflow == AccumulatorOverflow::kSaturate)
    return static_cast<std::int64_t>(std::clamp(value, low, high));
  Int128 rest = (value - low) % range;
  if (rest < 0) rest += range;
  return static_cast<std::int64_t>(rest + low);
}

/// Three sums (columns of b) over k, exact but for the register.
std::vector<std::int64_t> expected_sums(const MacSpec& spec, const std::vector<std::int16_t>& a,
                                        const std::vector<std::int16_t>& b,
                                        std::vector<std::int64_t> sums) {
  const int bits = width_of(spec.accumulator);
  const std::size_t cols = sums.size(), depth = a.size();
  const std::size_t pass =
      spec.order == SumOrder::kTile ? static_cast<std::size_t>(spec.tile_k) : depth;
  for (std::size_t j = 0; j < cols; ++j)
    for (std::size_t first = 0; first < depth; first += pass) {
      std::int64_t sum = spec.order == SumOrder::kTile ? 0 : sums[j];
      for (std::size_t k = first; k < std::min(depth, first + pass); ++k)
        sum = into_register(Int128{sum} + Int128{a[k]} * b[k * cols + j], bits, spec.overflow);
      sums[j] = spec.order == SumOrder::kTile
                    ? into_register(Int128{sums[j]} + sum, bits, spec.overflow)
                    : sum;
    }
  return sums;
}

std::vector<std::int64_t> computed(const MacSpec& spec, const std::vector<std::int16_t>& a,
                                   const std::vector<std::int16_t>& b,
                                   const std::vector<std::int64_t>& added) {
  const auto cols = static_cast<std::int64_t>(added.size()),
             depth = static_cast<std::int64_t>(a.size());
  const MatrixRef<const std::int16_t> row{a.data(), 1, depth, depth},
      columns{b.data(), depth, cols, cols};
  std::vector<std::int64_t> fast = added, normative = added;
  multiply_accumulate(spec, row, columns, {fast.data(), 1, cols, cols});
  multiply_accumulate_normative(spec, row, columns, {normative.data(), 1, cols, cols});
  EXPECT_EQ(fast, normative) << name(spec.operands);
  return normative;
}

/// Mostly ends of the range, so that sums leave their register.
std::vector<std::int16_t> operands(Format format, std::size_t count, std::mt19937_64& random) {
  const int high = (1 << (info(format).bits - 1)) - 1;
  std::vector<std::int16_t> values(count);
  for (std::int16_t& v : values) {
    const int any = static_cast<int>(random() >> (64 - info(format).bits)) - high - 1;
    const int choices[] = {any, any, high, -high - 1, -high, high - 1, 0, -1};
    v = static_cast<std::int16_t>(choices[random() % std::size(choices)]);
  }
  return values;
}

/// A register's value: near an end, near zero or anywhere.  64-bit registers stay 2^44 clear of
/// their ends, further than the longest product of the command line (k = 16384 = 2^14, each 2^30).
std::int64_t register_value(Accumulator accumulator, std::mt19937_64& random) {
  const int bits = width_of(accumulator);
  const std::int64_t margin = bits == 64 ? std::int64_t{1} << 44 : 0;
  const std::int64_t high = (kHighest >> (64 - bits)) - margin, low = -high - 1;
  const auto step = static_cast<std::int64_t>(random() % (std::uint64_t{1} << 31));
  const std::int64_t choices[] = {
      high - step, low + step, step - (std::int64_t{1} << 30),
      std::clamp(static_cast<std::int64_t>(random()) >> (64 - bits), low, high)};
  return choices[random() % std::size(choices)];
}

class IntegerSum : public ::testing::TestWithParam<Accumulator> {};
TEST_P(IntegerSum, wraps_or_saturates_after_every_addition_in_the_stated_order) {
  std::mt19937_64 random(15);
  for (Format format : {Format::kInt16, Format::kInt8})
    for (AccumulatorOverflow overflow :
         {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate})
      for (int tile_k : {0, 1, 7, 16})
        for (std::size_t depth = 1; depth <= 200; ++depth) {
          const MacSpec spec{format,
                             GetParam(),
                             overflow,
                             tile_k == 0 ? SumOrder::kSequential : SumOrder::kTile,
                             MultiplyAdd::kFused,
                             std::max(tile_k, 1)};
          const std::vector<std::int16_t> a = operands(format, depth, random),
                                          b = operands(format, 3 * depth, random);
          std::vector<std::int64_t> added(3);
          for (std::int64_t& v : added) v = register_value(GetParam(), random);
          ASSERT_EQ(computed(spec, a, b, added), expected_sums(spec, a, b, added))
              << name(format) << " k = " << depth << " tile " << tile_k;
        }
}
INSTANTIATE_TEST_SUITE_P(Accumulators, IntegerSum,
                         ::testing::Values(Accumulator::kInt32, Accumulator::kInt48,
                                           Accumulator::kInt64),
                         [](const auto& param) {
                           return "int" + std::to_string(width_of(param.param));
                         });

TEST(IntegerArithmetic, all_pairs_of_int8_multiply_add_and_requantise_exactly) {
  const MacSpec spec{Format::kInt8,         Accumulator::kInt32, AccumulatorOverflow::kSaturate,
                     SumOrder::kSequential, MultiplyAdd::kFused, 1};
  std::vector<std::int16_t> row(256);
  for (int y = 0; y < 256; ++y)
    row[static_cast<std::size_t>(y)] = static_cast<std::int16_t>(y - 128);
  for (int x = -128; x < 128; ++x) {
    const auto factor = static_cast<std::int16_t>(x);
    const std::vector<std::int64_t> products =
        computed(spec, {factor}, row, std::vector<std::int64_t>(256, 0));
    const std::vector<std::int64_t> sums =
        computed(spec, {1}, row, std::vector<std::int64_t>(256, x));
    for (int y = -128; y < 128; ++y) {
      const auto at = static_cast<std::size_t>(y + 128);
      ASSERT_EQ(products[at], x * y);
      ASSERT_EQ(sums[at], x + y);
      ASSERT_EQ(saturate_to(sums[at], 8).value, std::clamp(x + y, -128, 127));
      ASSERT_EQ(saturate_to(sums[at], 8).saturated, x + y != std::clamp(x + y, -128, 127));
      // Q0.7 x Q0.7 back to Q0.7: half up; only (-1) x (-1) = 1 is too large.
      const FixedResult q = requantize(products[at], 7, 8);
      ASSERT_EQ(q.value, std::min(127.0, std::floor(x * y / 128.0 + 0.5)));
      ASSERT_EQ(q.saturated, x == -128 && y == -128);
    }
  }
}

TEST(IntegerArithmetic, clipping_equals_128_bit_arithmetic_at_every_width) {
  std::mt19937_64 random(16);
  for (Accumulator accumulator : {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
    for (AccumulatorOverflow overflow :
         {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate}) {
      const auto check = [&](std::int64_t value) {
        ASSERT_EQ(clip_accumulator(value, accumulator, overflow),
                  into_register(value, width_of(accumulator), overflow))
            << value;
      };
      for (int shift = 0; shift < 63; ++shift)
        for (std::int64_t offset : {-1, 0, 1}) {
          check((std::int64_t{1} << shift) + offset);
          check(-(std::int64_t{1} << shift) + offset);
        }
      for (std::int64_t value : {kLowest, kLowest + 1, kHighest - 1, kHighest}) check(value);
      for (int i = 0; i < 20'000; ++i)
        check(static_cast<std::int64_t>(random()) >> (random() % 64));
    }
}

/// floor(accumulator / 2^shift + 1/2) clipped to `bits`, in GMP's rationals.
class ExactRequantizer {
 public:
  ExactRequantizer() {
    mpq_init(value_);
    mpq_init(half_);
    mpq_set_ui(half_, 1, 2);
    mpz_init(floor_);
  }
  ~ExactRequantizer() {
    mpq_clears(value_, half_, nullptr);
    mpz_clear(floor_);
  }
  ExactRequantizer(const ExactRequantizer&) = delete;
  ExactRequantizer& operator=(const ExactRequantizer&) = delete;

  FixedResult operator()(std::int64_t accumulator, int shift, int bits) {
    mpq_set_si(value_, accumulator, 1);
    if (shift >= 0)
      mpq_div_2exp(value_, value_, static_cast<mp_bitcnt_t>(shift));
    else
      mpq_mul_2exp(value_, value_, static_cast<mp_bitcnt_t>(-shift));
    mpq_add(value_, value_, half_);
    mpz_fdiv_q(floor_, mpq_numref(value_), mpq_denref(value_));
    const std::int64_t high = (std::int64_t{1} << (bits - 1)) - 1, low = -high - 1;
    if (mpz_cmp_si(floor_, high) > 0) return {static_cast<std::int32_t>(high), true};
    if (mpz_cmp_si(floor_, low) < 0) return {static_cast<std::int32_t>(low), true};
    return {static_cast<std::int32_t>(mpz_get_si(floor_)), false};
  }

 private:
  mpq_t value_, half_;
  mpz_t floor_;
};

TEST(IntegerArithmetic, requantisation_equals_rational_arithmetic_for_every_shift_and_width) {
  ExactRequantizer exact;
  std::mt19937_64 random(17);
  for (int shift = -32; shift <= 63; ++shift)
    for (int bits : {8, 16, 32}) {
      const auto check = [&](std::int64_t accumulator) {
        const FixedResult expected = exact(accumulator, shift, bits),
                          found = requantize(accumulator, shift, bits);
        ASSERT_EQ(found.value, expected.value) << accumulator << " >> " << shift;
        ASSERT_EQ(found.saturated, expected.saturated) << accumulator << " >> " << shift;
      };
      for (std::int64_t accumulator : {kLowest, kLowest + 1, kHighest, kHighest - 1}) {
        ASSERT_NO_FATAL_FAILURE(check(accumulator));
      }
      // Around the halves and around both ends of the result.
      const int cut = std::max(shift, 1);
      for (std::int64_t whole : {-3, -2, -1, 0, 1, 2, 3})
        for (std::int64_t offset : {-1, 0, 1}) {
          const std::int64_t half = std::int64_t{1} << (cut - 1);
          if (cut < 60) {
            ASSERT_NO_FATAL_FAILURE(check(whole * 2 * half + half + offset));
          }
          if (cut + bits < 63) {
            const std::int64_t end = std::int64_t{1} << (cut + bits - 1);
            ASSERT_NO_FATAL_FAILURE(check(end - half + whole + offset));
            ASSERT_NO_FATAL_FAILURE(check(-end - half + whole + offset));
          }
        }
      for (int i = 0; i < 400; ++i) {
        ASSERT_NO_FATAL_FAILURE(check(static_cast<std::int64_t>(random()) >> (random() % 64)));
      }
    }
}

TEST(IntegerArithmetic, every_quarter_step_of_the_input_is_quantised_to_nearest_even) {
  for (Format format : {Format::kInt16, Format::kInt8}) {
    const int bits = info(format).bits, fraction = info(format).default_fraction_bits();
    const std::int64_t high = (std::int64_t{1} << (bits - 1)) - 1;
    // In quarters of a step, from beyond one end to beyond the other.
    for (std::int64_t quarters = -4 * high - 12; quarters <= 4 * high + 12; ++quarters) {
      const std::int64_t below = quarters >> 2, rest = quarters & 3;
      const std::int64_t nearest = below + (rest == 3 || (rest == 2 && below % 2 != 0) ? 1 : 0);
      const FixedResult q =
          quantize(std::ldexp(static_cast<double>(quarters), -fraction - 2), bits, fraction);
      ASSERT_EQ(q.value, std::clamp(nearest, -high - 1, high)) << quarters;
      ASSERT_EQ(q.saturated, nearest > high || nearest < -high - 1) << quarters;
    }
    for (double far : {1e30, std::numeric_limits<double>::infinity()}) {
      EXPECT_EQ(quantize(far, bits, fraction).value, high);
      EXPECT_EQ(quantize(-far, bits, fraction).value, -high - 1);
    }
  }
}

}  // namespace
}  // namespace tricycle
