// SPDX-License-Identifier: Apache-2.0
#include "workloads/late_gates.h"

#include <cmath>
#include <numeric>

namespace tricycle {

namespace {

double in_binary32(double value) { return static_cast<double>(static_cast<float>(value)); }

}  // namespace

LateGates late_gates(GatesIn in, std::span<const double> g) {
  LateGates out{in, std::vector<double>(g.size())};
  std::partial_sum(g.begin(), g.end(), out.sums.begin());
  return out;
}

std::vector<double> with_gates(const LateGates& gates, std::span<const double> a) {
  std::vector<double> out(a.begin(), a.end());
  const std::size_t size = gates.sums.size();
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < i; ++j)
      out[i * size + j] *= std::exp(gates.sums[i] - gates.sums[j]);
  return out;
}

std::vector<double> apply_late_gates(const LateGates& gates, std::span<const double> y) {
  std::vector<double> out(y.begin(), y.end());
  const std::size_t size = gates.sums.size();
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) {
      double& entry = out[i * size + j];
      if (gates.in == GatesIn::kDifference) {
        const double factor = j <= i ? in_binary32(std::exp(gates.sums[i] - gates.sums[j])) : 0;
        entry = in_binary32(entry * factor);
      } else {
        const double column = in_binary32(std::exp(-gates.sums[j]));
        entry = in_binary32(in_binary32(entry * column) * in_binary32(std::exp(gates.sums[i])));
      }
    }
  return out;
}

}  // namespace tricycle
