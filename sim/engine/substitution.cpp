// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/substitution.h"

#include <limits>
#include <string_view>
#include <vector>

#include "models/error.h"
#include "sim/engine/lowering.h"

namespace tricycle {

namespace {

constexpr std::string_view kSubstitutions[] = {"forward_substitution", "column_sweep",
                                               "blocked_substitution", "block_elimination"};

std::string setting_of(const Algorithm& algorithm, const AlgorithmParameters& parameters) {
  const std::string text = to_text(algorithm, parameters);
  return std::string(algorithm.name) + (text.empty() ? "" : " " + text);
}

}  // namespace

std::optional<Substitution> best_substitution(const HwConfig& hw, int chunk, Format format) {
  std::optional<Substitution> best;
  std::vector<std::string> ignored;  // a setting that does not fit is no candidate
  const auto try_setting = [&](const Algorithm& algorithm, const AlgorithmOptions& options) {
    const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, options);
    const double known =
        best ? best->timed.cycles_per_item : std::numeric_limits<double>::infinity();
    const auto cycles = [](const Program&, double item_cycles) { return item_cycles; };
    if (least_cost_per_chunk(algorithm, parameters, chunk, format, hw, cycles) >= known) return;
    TimedProgram timed = lower_fastest(algorithm, parameters, chunk, format, hw);
    if (timed.cycles_per_item < known)
      best = {&algorithm, setting_of(algorithm, parameters), std::move(timed)};
  };
  for (const std::string_view name : kSubstitutions) {
    const Algorithm& algorithm = find_algorithm(name);
    for (const AlgorithmOptions& options : candidate_options(algorithm, chunk, {}))
      attempt(ignored, [&] { return try_setting(algorithm, options), true; });
  }
  return best;
}

}  // namespace tricycle
