// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/safety_meter.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

namespace tricycle {

namespace {

/// A search for the worst input takes a second; most settings break on an input that broke another.
class SafetySearch {
 public:
  SafetySearch(const SafetyLimit& limit, int threads) : limit_(limit), threads_(threads) {}

  double error(const TunedPoint& point, const HwConfig& hw, Format format,
               SafetyQuestion question) {
    const AlgorithmParameters p = resolve_parameters(*point.algorithm, point.chunk, point.options);
    TimedProgram lowered;  // every cut has the same bits
    lowered.program =
        lower(*point.algorithm, p, point.chunk, format, hw, {.linear_terms = point.linear_terms});
    lowered.linear_terms = point.linear_terms;
    std::vector<StressCase> cases;
    cases.emplace_back(hw, *point.algorithm, p, format, point.chunk, std::move(lowered));
    std::vector<std::vector<double>>& broke = broke_[{hw.name, format, point.chunk}];
    if (question == SafetyQuestion::kHolds)
      for (auto matrix = broke.begin(); matrix != broke.end(); ++matrix) {
        const double error = cases[0].attempt(*matrix).error;
        if (!(error > limit_.error)) continue;
        std::rotate(broke.begin(), matrix, matrix + 1);
        return error;
      }
    const SafetyCheck check = check_safety(std::move(cases), limit_, threads_);
    for (const auto& input : {check.results[0].breaks, check.results[0].worst})
      if (input && input->found.trial.error > limit_.error)
        broke.insert(broke.begin(), input_matrix(*check.request.rule, input->found.tokens));
    return check.worst(0);
  }

 private:
  SafetyLimit limit_;
  int threads_;
  /// A of inputs that broke a setting, the last to do so first.
  std::map<std::tuple<std::string, Format, int>, std::vector<std::vector<double>>> broke_;
};

}  // namespace

SafetyMeter make_safety_meter(const SafetyLimit& limit, int threads) {
  const auto search = std::make_shared<SafetySearch>(limit, threads);
  return [search](const TunedPoint& point, const HwConfig& hw, Format format,
                  SafetyQuestion question) { return search->error(point, hw, format, question); };
}

}  // namespace tricycle
