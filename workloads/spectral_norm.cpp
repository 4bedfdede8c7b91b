// SPDX-License-Identifier: Apache-2.0
#include "workloads/spectral_norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tricycle {

double spectral_norm(std::span<const double> a, std::size_t n, double settled) {
  constexpr int kMostSteps = 2000;
  std::vector<double> x(n, 1.0), y(n);
  double norm = 0;
  for (int step = 0; step < kMostSteps; ++step) {
    // x <- A^T A x: the square of the norm is its largest growth.
    std::ranges::fill(y, 0.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) y[i] += a[i * n + j] * x[j];
    std::ranges::fill(x, 0.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) x[j] += a[i * n + j] * y[i];
    double squares = 0;
    for (const double v : x) squares += v * v;
    if (squares == 0) return 0;
    const double length = std::sqrt(squares), before = norm;
    norm = std::sqrt(length);
    if (step == 0) norm = 0;  // x was not of length 1
    for (double& v : x) v /= length;
    if (step > 1 && std::abs(norm - before) <= settled * norm) break;
  }
  return norm;
}

}  // namespace tricycle
