// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

#include "sim/stress/stress_case.h"

namespace tricycle {

/// The inputs whose ||A||_2 is in [from(), to()): two intervals a factor of 2.
struct NormBin {
  std::int64_t inputs = 0;
  std::int64_t broken = 0;      // of them: error above the threshold
  std::int64_t not_finite = 0;  // of the broken: an entry is NaN or infinite
  double worst = 0;             // largest error of those that are finite
};

/// The worst error against the norm of A.
class NormCurve {
 public:
  explicit NormCurve(double threshold) : threshold_(threshold) {}
  void add(const Trial& trial);
  void add(const NormCurve& other);

  /// By index: the bin of norms from `edge(index)` to `edge(index + 1)`.
  const std::map<int, NormBin>& bins() const { return bins_; }
  static double edge(int index);
  std::int64_t inputs() const;
  double threshold() const { return threshold_; }

 private:
  double threshold_;
  std::map<int, NormBin> bins_;
};

}  // namespace tricycle
