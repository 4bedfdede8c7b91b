// SPDX-License-Identifier: Apache-2.0
#include "reports/bottleneck.h"

#include <algorithm>

namespace tricycle {

std::array<double, kResourceCount> lower_bound_cycles(const RunResult& r) {
  const double items = static_cast<double>(r.many.items);
  const auto taken = [&](Unit u) {
    const UnitCycles& unit = r.many.units[static_cast<std::size_t>(u)];
    if (unit.servers == 0) return 0.0;
    const std::int64_t cycles =
        unit.busy + unit.stalled[static_cast<std::size_t>(StallCause::kIssue)];
    return static_cast<double>(cycles) / items / static_cast<double>(unit.servers);
  };
  const auto occupied = [&](Path p) {
    return static_cast<double>(r.many.path_cycles[p]) / items / static_cast<double>(r.many.cores);
  };
  return {taken(Unit::kMatrix),
          taken(Unit::kVector),
          taken(Unit::kDma),
          static_cast<double>(r.many.dram_channel_cycles) / items,
          r.many.bank_cycles_per_item,
          occupied(kAccumulatorToVector),
          occupied(kVectorToMatrix),
          taken(Unit::kReadOut),
          occupied(kScratchpadToMatrix),
          static_cast<double>(r.latency_cycles()) / static_cast<double>(r.in_flight)};
}

Bottleneck bottleneck(const RunResult& r) {
  const auto bounds = lower_bound_cycles(r);
  const auto largest = std::max_element(bounds.begin(), bounds.end());
  return {static_cast<Resource>(largest - bounds.begin()), *largest,
          r.cycles_per_chunk / *largest - 1};
}

}  // namespace tricycle
