// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/norm_curve.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tricycle {

double NormCurve::edge(int index) {
  const double even = std::ldexp(1.0, (index - (index & 1)) / 2);
  return (index & 1) != 0 ? even * std::numbers::sqrt2 : even;
}

void NormCurve::add(const Trial& trial) {
  int index = 2 * std::ilogb(trial.norm);
  if (trial.norm >= edge(index + 1)) ++index;
  NormBin& bin = bins_[index];
  ++bin.inputs;
  if (!std::isfinite(trial.error)) ++bin.not_finite;
  if (trial.error > threshold_) ++bin.broken;
  if (std::isfinite(trial.error)) bin.worst = std::max(bin.worst, trial.error);
}

void NormCurve::add(const NormCurve& other) {
  for (const auto& [index, more] : other.bins_) {
    NormBin& bin = bins_[index];
    bin.inputs += more.inputs;
    bin.broken += more.broken;
    bin.not_finite += more.not_finite;
    bin.worst = std::max(bin.worst, more.worst);
  }
}

std::int64_t NormCurve::inputs() const {
  std::int64_t sum = 0;
  for (const auto& entry : bins_) sum += entry.second.inputs;
  return sum;
}

}  // namespace tricycle
