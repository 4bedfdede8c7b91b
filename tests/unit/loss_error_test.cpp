// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/loss_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace tricycle {
namespace {

TEST(LossError, is_the_standard_deviation_of_the_blocks_means_over_their_root) {
  // 16 differences in four blocks of four with the means 1, 2, 3 and 6: mean 3, squares 4 + 1 + 0 +
  // 9 = 14, 14 / 3 / 4.
  const std::vector<double> zeros(16, 0.0);
  const std::vector<double> first{0, 2, 1, 1, 2, 2, 2, 2, 4, 2, 3, 3, 5, 7, 6, 6};
  EXPECT_NEAR(standard_error_of_difference(first, zeros).value(), std::sqrt(14.0 / 12), 1e-15);
  EXPECT_NEAR(standard_error_of_difference(zeros, first).value(), std::sqrt(14.0 / 12), 1e-15);
  EXPECT_EQ(standard_error_of_difference(first, first), 0.0);
  EXPECT_EQ(standard_error_of_difference(std::vector<double>(15), std::vector<double>(15)),
            std::nullopt);
}

/// Against the known error of a moving average, whose neighbours are correlated: of independent
/// differences it would be a third of it.
TEST(LossError, counts_the_correlation_of_neighbours) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  constexpr std::size_t kCount = 1 << 16;
  constexpr int kWidth = 9;
  std::vector<double> noise(kCount + kWidth), moving(kCount), zeros(kCount);
  for (double& v : noise) v = normal(random);
  for (std::size_t i = 0; i < kCount; ++i)
    for (int tap = 0; tap < kWidth; ++tap) moving[i] += noise[i + static_cast<std::size_t>(tap)];
  // Every draw counts kWidth times: kWidth / sqrt(N); without the correlation sqrt(kWidth / N).
  const double known = kWidth / std::sqrt(static_cast<double>(kCount));
  EXPECT_NEAR(standard_error_of_difference(moving, zeros).value() / known, 1, 0.2);
}

}  // namespace
}  // namespace tricycle
