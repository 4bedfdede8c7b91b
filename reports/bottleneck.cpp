// SPDX-License-Identifier: Apache-2.0
#include "reports/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tricycle {

const ResourceCycles& lower_bound_cycles(const RunResult& r) { return r.steady.lower_bounds; }

Bottleneck bottleneck(const RunResult& r) {
  const ResourceCycles& bounds = lower_bound_cycles(r);
  const auto largest = std::max_element(bounds.begin(), bounds.end());
  return {static_cast<Resource>(largest - bounds.begin()), *largest,
          r.cycles_per_chunk / *largest - 1};
}

namespace {

double share(const UnitCycles& unit, std::int64_t cycles) {
  const std::int64_t all = unit.busy + unit.stalled_total() + unit.idle;
  return all == 0 ? 0 : static_cast<double>(cycles) / static_cast<double>(all);
}

Unit busiest(const ByUnit<UnitCycles>& units) {
  const auto most = std::max_element(
      units.begin(), units.end(),
      [](const UnitCycles& a, const UnitCycles& b) { return share(a, a.busy) < share(b, b.busy); });
  return static_cast<Unit>(most - units.begin());
}

Unit unit_of(Resource resource, const ByUnit<UnitCycles>& units) {
  return kResources[static_cast<std::size_t>(resource)].unit.value_or(busiest(units));
}

}  // namespace

std::string waits_of(Resource resource, const ByUnit<UnitCycles>& units) {
  const auto u = static_cast<std::size_t>(unit_of(resource, units));
  const UnitCycles& unit = units[u];
  std::vector<std::size_t> causes;
  constexpr double kNamed = 0.005;  // less is 0 % rounded
  for (std::size_t c = 0; c < kStallCauseCount; ++c) {
    // The launch happens once per run, and issue is part of the bound.
    const auto cause = static_cast<StallCause>(c);
    if (cause == StallCause::kLaunch || cause == StallCause::kIssue) continue;
    if (share(unit, unit.stalled[c]) >= kNamed) causes.push_back(c);
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [&](std::size_t a, std::size_t b) { return unit.stalled[a] > unit.stalled[b]; });
  std::string text;
  for (const std::size_t c : causes)
    text += fmt::format("{} {} {:.0f} %", text.empty() ? fmt::format("{}:", kUnits[u].name) : ",",
                        kStallCauses[c].name, 100 * share(unit, unit.stalled[c]));
  return text;
}

}  // namespace tricycle
