// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/safety.h"

namespace tricycle {

double SafetyCheck::worst(std::size_t index) const {
  const StressResult& result = results[index];
  return result.worst ? result.worst->found.trial.error : 0;
}

SafetyCheck check_safety(std::vector<StressCase> cases, const SafetyLimit& limit, int threads,
                         const std::function<void(const std::string&, std::size_t)>& begin,
                         const std::function<void()>& end) {
  SafetyCheck check;
  check.limit = limit;
  check.request.cases = std::move(cases);
  check.request.rule = limit.rule;
  for (const KeyFamily& family : key_families()) check.request.families.push_back(&family);
  check.request.evaluations = kSafetyEvaluations;
  check.request.threshold = limit.error;
  check.request.threads = threads;
  check.results = stress(check.request, begin, end);
  return check;
}

}  // namespace tricycle
