// SPDX-License-Identifier: Apache-2.0
#include "workloads/language_model/loss_error.h"

#include <cmath>
#include <vector>

namespace tricycle {

std::optional<double> standard_error_of_difference(std::span<const double> first,
                                                   std::span<const double> second) {
  constexpr std::size_t kLeast = 16;  // four blocks of four
  const std::size_t count = first.size();
  if (count < kLeast) return std::nullopt;
  const auto blocks = static_cast<std::size_t>(std::sqrt(static_cast<double>(count)));
  std::vector<double> means;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t begin = block * count / blocks, end = (block + 1) * count / blocks;
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += first[i] - second[i];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  const auto number = static_cast<double>(blocks);
  double mean = 0, squares = 0;
  for (const double m : means) mean += m / number;
  for (const double m : means) squares += (m - mean) * (m - mean);
  return std::sqrt(squares / (number - 1) / number);
}

}  // namespace tricycle
