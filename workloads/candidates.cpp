// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <span>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// Every combination of candidates for the parameters `rows`.
void combine(std::span<const Parameter* const> rows, int chunk, const AlgorithmOptions& fixed,
             const AlgorithmOptions& chosen, std::vector<AlgorithmOptions>& out) {
  if (rows.empty()) {
    out.push_back(chosen);
    return;
  }
  const Parameter& parameter = *rows.front();
  AlgorithmOptions with = chosen;
  if (const auto value = fixed.find(parameter.key)) {
    combine(rows.subspan(1), chunk, fixed, with.put(parameter.key, *value), out);
    return;
  }
  for (const int value : parameter.candidates(chunk, chosen))
    combine(rows.subspan(1), chunk, fixed, with.put(parameter.key, value), out);
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
