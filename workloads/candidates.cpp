// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// Every combination of candidates for the parameters from the `next`-th on.
void combine(const Algorithm& algorithm, int chunk, const AlgorithmOptions& fixed, std::size_t next,
             const AlgorithmOptions& chosen, std::vector<AlgorithmOptions>& out) {
  if (next == algorithm.parameters.size()) {
    out.push_back(chosen);
    return;
  }
  const ParameterInfo& parameter = find_parameter(algorithm.parameters[next]);
  AlgorithmOptions with = chosen;
  if (parameter.given(fixed)) {
    parameter.copy(fixed, with);
    combine(algorithm, chunk, fixed, next + 1, with, out);
    return;
  }
  for (const std::string& text : parameter.candidates(chunk, chosen)) {
    parameter.parse(with, parameter.key, text);
    combine(algorithm, chunk, fixed, next + 1, with, out);
  }
}

}  // namespace

std::vector<AlgorithmOptions> candidate_options(const Algorithm& algorithm, int chunk,
                                                const AlgorithmOptions& fixed) {
  std::vector<AlgorithmOptions> all, accepted;
  combine(algorithm, chunk, fixed, 0, {}, all);
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
