// SPDX-License-Identifier: Apache-2.0
//
// Sums in accumulators of fp16 and in the order tree, against MPFR, operation by operation.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"
#include "tests/unit/sums.h"

namespace tricycle {
namespace {

using testing::any_value;
using testing::any_values;
using testing::MpfrFloat;
using testing::same_value;
using testing::sum_of;
using Random = std::mt19937_64;

TEST(Fp16Accumulator, holds_sums_of_exact_products_with_one_rounding_each_as_mpfrs) {
  Random random(31);
  MpfrFloat oracle(Format::kFp16);
  for (Format operands : {Format::kFp16, Format::kFloat8E4m3fn, Format::kFloat8E5m2})
    for (int tile_k : {0, 5})
      for (int round = 0; round < 3000; ++round) {
        const int spread = round % 4 * 4;
        const std::size_t count = 1 + random() % 24;
        const auto a = any_values(operands, count, spread, random),
                   b = any_values(operands, count, spread, random);
        const double start = any_value(Format::kFp16, spread, random);
        const MacSpec spec{.operands = operands,
                           .accumulator = Accumulator::kFp16,
                           .order = tile_k > 0 ? SumOrder::kTile : SumOrder::kSequential,
                           .tile_k = std::max(tile_k, 1)};
        double expected = start;
        const std::size_t pass = tile_k > 0 ? 5 : count;
        for (std::size_t k = 0; k < count;) {
          double sum = tile_k > 0 ? 0.0 : expected;
          for (const std::size_t end = std::min(count, k + pass); k < end; ++k)
            sum = oracle.fused(a[k], b[k], sum);
          expected = tile_k > 0 ? oracle.sum(expected, sum) : sum;
        }
        ASSERT_TRUE(same_value(static_cast<double>(sum_of(spec, a, b, start)), expected))
            << name(operands);
      }
}

TEST(Fp16Accumulator, rounds_products_of_22_bits_once_where_binary32_would_round_twice) {
  const MacSpec spec{.operands = Format::kFp16, .accumulator = Accumulator::kFp16};
  // u v = 1025 x 2047 x 2^-32 = (2^21 + 1023) 2^-32, 2^-11 and a little: 1 + u v is above the tie.
  const double u = 1025 * 0x1p-21, v = 2047 * 0x1p-11;
  MpfrFloat oracle(Format::kFp16);
  EXPECT_EQ(oracle.fused(u, v, 1.0), 1 + 0x1p-10);
  EXPECT_EQ(sum_of(spec, {u}, {v}, 1.0), 1 + 0x1p-10F);
  // (2^21 + 1) 2^-32 has as little above it as binary32 loses beside 1: found among all pairs.
  int differing = 0;
  for (int i = 1024; i < 2048; ++i)
    for (int j = 1024; j < 2048; ++j) {
      if (i * j <= 1 << 21 || i * j >= (1 << 21) + (1 << 8)) continue;
      const double x = i * 0x1p-21, y = j * 0x1p-11, expected = oracle.fused(x, y, 1.0);
      ASSERT_EQ(static_cast<double>(sum_of(spec, {x}, {y}, 1.0)), expected) << i << " " << j;
      const float in_binary32 = 1.0F + static_cast<float>(x * y);
      differing += static_cast<double>(round_to_storage(Format::kFp16, in_binary32)) != expected;
    }
  EXPECT_GT(differing, 0) << "the case must exist";
}

/// The definition again: neighbours first, an odd last one passes.
double tree_of(MpfrFloat& oracle, std::vector<double> nodes) {
  while (nodes.size() > 1) {
    std::vector<double> above;
    for (std::size_t i = 0; i + 1 < nodes.size(); i += 2)
      above.push_back(oracle.sum(nodes[i], nodes[i + 1]));
    if (nodes.size() % 2 != 0) above.push_back(nodes.back());
    nodes = above;
  }
  return nodes[0];
}

TEST(TreeOrder, of_every_fan_in_rounds_every_node_as_mpfr_does) {
  Random random(32);
  for (Format operands :
       {Format::kFp32, Format::kTf32, Format::kFp16, Format::kBf16, Format::kFloat8E5m2})
    for (Accumulator accumulator : {Accumulator::kFp32, Accumulator::kFp16}) {
      if (accumulator == Accumulator::kFp16 && !is_within_fp16(operands)) continue;
      const Format sums = accumulator == Accumulator::kFp16 ? Format::kFp16 : Format::kFp32;
      MpfrFloat oracle(sums);
      for (std::size_t fan_in : {1U, 2U, 3U, 4U, 7U, 8U, 16U, 32U})
        for (int round = 0; round < 60; ++round) {
          const std::size_t count = 1 + random() % 50;
          const int spread = round % 3 * 6;
          const auto a = any_values(operands, count, spread, random),
                     b = any_values(operands, count, spread, random);
          double expected = any_value(sums, 6, random);
          const MacSpec spec{.operands = operands,
                             .accumulator = accumulator,
                             .order = SumOrder::kTree,
                             .fan_in = static_cast<std::int64_t>(fan_in)};
          const float result = sum_of(spec, a, b, expected);
          for (std::size_t k = 0; k < count; k += fan_in) {
            std::vector<double> nodes(fan_in, 0.0);
            for (std::size_t d = 0; d < std::min(fan_in, count - k); ++d)
              nodes[d] = oracle.product(a[k + d], b[k + d]);
            expected = oracle.sum(expected, tree_of(oracle, nodes));
          }
          ASSERT_TRUE(same_value(static_cast<double>(result), expected))
              << name(operands) << " fan-in " << fan_in;
        }
    }
}

}  // namespace
}  // namespace tricycle
