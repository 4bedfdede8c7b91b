// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// The block first: it bounds the others.
std::vector<std::string_view> in_order_of_choice(const Algorithm& algorithm) {
  std::vector<std::string_view> keys = algorithm.parameters;
  std::stable_partition(keys.begin(), keys.end(),
                        [](std::string_view key) { return key == "block"; });
  return keys;
}

/// Every combination of candidates for the parameters `keys`.
void combine(std::span<const std::string_view> keys, int chunk, const AlgorithmOptions& fixed,
             const AlgorithmOptions& chosen, std::vector<AlgorithmOptions>& out) {
  if (keys.empty()) {
    out.push_back(chosen);
    return;
  }
  const ParameterInfo& parameter = find_parameter(keys.front());
  AlgorithmOptions with = chosen;
  if (parameter.given(fixed)) {
    parameter.copy(fixed, with);
    combine(keys.subspan(1), chunk, fixed, with, out);
    return;
  }
  for (const std::string& text : parameter.candidates(chunk, chosen)) {
    parameter.parse(with, parameter.key, text);
    combine(keys.subspan(1), chunk, fixed, with, out);
  }
}

}  // namespace

std::vector<AlgorithmOptions> candidate_options(const Algorithm& algorithm, int chunk,
                                                const AlgorithmOptions& fixed) {
  std::vector<AlgorithmOptions> all, accepted;
  combine(in_order_of_choice(algorithm), chunk, fixed, {}, all);
  std::set<std::vector<std::pair<std::string_view, std::string>>> seen;
  for (const AlgorithmOptions& options : all) {
    std::vector<std::string> refused;
    const auto parameters =
        attempt(refused, [&] { return resolve_parameters(algorithm, chunk, options); });
    if (parameters && seen.insert(parameter_texts(algorithm, *parameters)).second)
      accepted.push_back(options);
  }
  return accepted;
}

}  // namespace tricycle
