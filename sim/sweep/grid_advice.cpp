// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/grid_advice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include "models/error.h"
#include "sim/config/machine_advice.h"
#include "sim/sweep/point_spec.h"

namespace tricycle {

namespace {

constexpr std::uint64_t kPointsLookedAt = 64;

struct KeyAdvice {
  std::string key, text, machine;  // of the first
  int machines = 0;
};

std::string line(const KeyAdvice& a, std::size_t machines) {
  return fmt::format("warning: {}: {} ({}; {} of {} machine{} looked at)", a.key, a.text, a.machine,
                     a.machines, machines, machines == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> grid_advice(const Points& points) {
  PointSpecs specs(points);
  std::set<std::string> machines;
  std::vector<KeyAdvice> advices;
  const std::uint64_t step = std::max<std::uint64_t>(1, points.size() / kPointsLookedAt);
  for (std::uint64_t from = 0; from < points.size(); from += step) {
    const std::optional<std::uint64_t> point = points.next(from);
    if (!point) break;
    from = std::max(from, *point / step * step);  // those between are none
    std::vector<std::string> failures;            // told where the point is run
    const auto run = attempt(failures, [&] { return specs.run(points.axis_indices(*point)); });
    if (!run) continue;
    const std::string machine =
        run->machine_settings.empty()
            ? run->spec.hw.name
            : fmt::format("{} with {}", run->spec.hw.name, fmt::join(run->machine_settings, ", "));
    if (!machines.insert(run->machine_file + "\n" + machine).second) continue;
    std::set<std::string> told;
    for (const Advice& advice :
         machine_advice(run->spec.hw, machine_keys(run->machine_file, run->machine_settings))) {
      auto known = std::ranges::find(advices, advice.key, &KeyAdvice::key);
      if (known == advices.end())
        known = advices.insert(advices.end(), {advice.key, advice.text, machine, 0});
      known->machines += told.insert(advice.key).second ? 1 : 0;
    }
  }
  std::vector<std::string> lines;
  for (const KeyAdvice& advice : advices) lines.push_back(line(advice, machines.size()));
  return lines;
}

}  // namespace tricycle
