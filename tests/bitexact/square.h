// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace tricycle::testing {

/// C x C real numbers, row-major.
struct RealSquare {
  int size;
  std::vector<double> values =
      std::vector<double>(static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
  double& at(int i, int j) { return values[static_cast<std::size_t>(i * size + j)]; }
  double at(int i, int j) const { return values[static_cast<std::size_t>(i * size + j)]; }
};

inline RealSquare product(const RealSquare& a, const RealSquare& b) {
  RealSquare out{a.size};
  for (int i = 0; i < a.size; ++i)
    for (int k = 0; k < a.size; ++k)
      for (int j = 0; j < a.size; ++j) out.at(i, j) += a.at(i, k) * b.at(k, j);
  return out;
}

}  // namespace tricycle::testing
