// SPDX-License-Identifier: Apache-2.0
#include "workloads/tiling.h"

#include <gtest/gtest.h>

#include <random>

namespace tricycle {
namespace {

bool has(const Band& band, int i, int j) {
  const int blocks = i / band.block - j / band.block;
  return i - j >= band.min && i - j <= band.max && blocks >= band.min_blocks &&
         blocks <= band.max_blocks && j >= band.first_col && j <= band.last_col;
}

Band random_band(std::mt19937& random) {
  const auto upto = [&](unsigned high) { return static_cast<int>(random() % high); };
  const int min = upto(6) - 2, block = 1 + upto(5), min_blocks = upto(4) - 1;
  const int first_col = upto(2) * upto(20);
  return {min,       min + upto(9),       block, min_blocks, min_blocks + upto(3),
          first_col, first_col + upto(20)};
}

Extent random_extent(std::mt19937& random, int size) {
  const int begin = static_cast<int>(random() % static_cast<unsigned>(size));
  return {begin, begin + 1 + static_cast<int>(random() % static_cast<unsigned>(size - begin))};
}

TEST(Band, touches_a_block_that_has_an_entry_of_it) {
  std::mt19937 random(1);
  int touched = 0, missed = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const Band band = random_band(random);
    const Extent rows = random_extent(random, 20), cols = random_extent(random, 20);
    bool any = false;
    for (int i = rows.begin; i < rows.end; ++i)
      for (int j = cols.begin; j < cols.end; ++j) any = any || has(band, i, j);
    // It may touch where both limits are met, each by another entry; it must not miss one.
    EXPECT_TRUE(!any || band.touches(rows, cols));
    touched += any;
    missed += !band.touches(rows, cols);
  }
  EXPECT_GT(touched, 500);
  EXPECT_GT(missed, 500);
}

TEST(Band, useful_macs_are_the_products_of_two_entries_of_their_bands) {
  std::mt19937 random(2);
  for (int trial = 0; trial < 500; ++trial) {
    const Band a = random_band(random), b = random_band(random);
    const TileProduct p{random_extent(random, 20), random_extent(random, 20),
                        random_extent(random, 20), false, 0};
    std::int64_t count = 0;
    for (int i = p.rows.begin; i < p.rows.end; ++i)
      for (int k = p.inner.begin; k < p.inner.end; ++k)
        for (int j = p.cols.begin; j < p.cols.end; ++j) count += has(a, i, k) && has(b, k, j);
    EXPECT_EQ(useful_macs(a, b, p.rows, p.inner, p.cols), count);
  }
}

}  // namespace
}  // namespace tricycle
