// SPDX-License-Identifier: Apache-2.0
//
// The fast sums against the plain loops over random shapes inside larger matrices: every format,
// order, kind of addition and accumulator; nothing outside the result is written.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle {
namespace {

/// A matrix somewhere inside a larger buffer, with elements around it that must survive.
template <typename T>
struct Inside {
  std::int64_t rows, cols, stride, first;
  std::vector<T> buffer;

  template <typename Draw>
  Inside(std::int64_t m, std::int64_t n, std::mt19937_64& random, Draw&& draw)
      : rows(m),
        cols(n),
        stride(n + static_cast<std::int64_t>(random() % 9)),
        first(static_cast<std::int64_t>(random() % 17)),
        buffer(static_cast<std::size_t>(first + m * stride + 16)) {
    for (T& v : buffer) v = draw();
  }
  MatrixRef<T> ref() { return {buffer.data() + first, rows, cols, stride}; }
  MatrixRef<const T> view() const { return {buffer.data() + first, rows, cols, stride}; }
};

template <typename T, typename Sum, typename Draw, typename DrawSum>
void expect_plain_loops(MacSpec spec, std::mt19937_64& random, Draw&& draw, DrawSum&& draw_sum) {
  const auto size = [&](std::uint64_t largest) {
    return 1 + static_cast<std::int64_t>(random() % largest);
  };
  for (int round = 0; round < 12; ++round) {
    // Mostly small; now and then longer than a packed panel.
    const std::int64_t m = size(20), n = size(70), k = round == 0 ? 256 + size(100) : size(80);
    spec.tile_k = static_cast<int>(size(20));
    const Inside<T> a(m, k, random, draw), b(k, n, random, draw);
    Inside<Sum> fast(m, n, random, draw_sum);
    Inside<Sum> plain = fast;
    multiply_accumulate(spec, a.view(), b.view(), fast.ref());
    multiply_accumulate_normative(spec, a.view(), b.view(), plain.ref());
    // The whole buffers: results, and what lies between and around them.
    for (std::size_t i = 0; i < plain.buffer.size(); ++i)
      ASSERT_TRUE(testing::same_value(static_cast<double>(fast.buffer[i]),
                                      static_cast<double>(plain.buffer[i])))
          << name(spec.operands) << " " << m << " x " << n << " x " << k << " tile " << spec.tile_k;
  }
}

constexpr SumOrder kOrders[] = {SumOrder::kSequential, SumOrder::kTile};

TEST(FastMacShapes, of_every_float_sum_give_the_bits_of_the_plain_loops) {
  std::mt19937_64 random(20);
  for (Format format : {Format::kFp64, Format::kFp32, Format::kFp16, Format::kBf16})
    for (SumOrder order : kOrders)
      for (MultiplyAdd add : {MultiplyAdd::kFused, MultiplyAdd::kSeparate}) {
        const auto draw = [&] {
          const double unit = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63;
          return decode_float(format, encode_float(format, unit));
        };
        const MacSpec spec{format, Accumulator::kFp32, AccumulatorOverflow::kWrap, order, add, 1};
        if (format == Format::kFp64) {
          expect_plain_loops<double, double>(spec, random, draw, draw);
        } else {
          const auto single = [&] { return static_cast<float>(draw()); };
          expect_plain_loops<float, float>(spec, random, single, single);
        }
      }
}

TEST(FastMacShapes, of_every_integer_sum_give_the_bits_of_the_plain_loops) {
  std::mt19937_64 random(21);
  for (Format format : {Format::kInt16, Format::kInt8})
    for (SumOrder order : kOrders)
      for (Accumulator accumulator :
           {Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64})
        for (AccumulatorOverflow overflow :
             {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate}) {
          const MacSpec spec{format, accumulator, overflow, order, MultiplyAdd::kFused, 1};
          // int16 at the ends of the range: int32 accumulators wrap and saturate on the way.
          const auto draw = [&] {
            const auto any = static_cast<std::int16_t>(random());
            if (format == Format::kInt8) return static_cast<std::int16_t>(any >> 8);
            return random() % 2 == 0 ? any : static_cast<std::int16_t>(any < 0 ? -32768 : 32767);
          };
          expect_plain_loops<std::int16_t, std::int64_t>(spec, random, draw, [&] {
            return static_cast<std::int64_t>(static_cast<std::int32_t>(random()));
          });
        }
}

}  // namespace
}  // namespace tricycle
