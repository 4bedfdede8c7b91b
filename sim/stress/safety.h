// SPDX-License-Identifier: Apache-2.0
//
// Whether inversions survive a short search for their worst input.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/stress/stress.h"

namespace tricycle {

/// The search: inputs of a rule, all families, so many of each case, seed 1.
inline constexpr std::int64_t kSafetyEvaluations = 1000;

/// What an inversion must survive: on no input that the rule admits an error of Y above `error`.
struct SafetyLimit {
  double error = 0;
  const InputRule* rule = nullptr;
};

struct SafetyCheck {
  SafetyLimit limit;
  StressRequest request;
  std::vector<StressResult> results;  // of request.cases, in their order

  /// Whether no input was found whose error is above the limit.
  bool holds(std::size_t index) const { return !results[index].breaks; }
  /// The worst error found; infinite where a result is not finite.
  double worst(std::size_t index) const;
};

/// The results are the same for any number of threads.  `begin`, `end`: as of stress().
SafetyCheck check_safety(std::vector<StressCase> cases, const SafetyLimit& limit, int threads,
                         const std::function<void(const std::string&, std::size_t)>& begin = {},
                         const std::function<void()>& end = {});

}  // namespace tricycle
