// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/steady_state.h"

#include <algorithm>

#include "models/isa/way.h"
#include "reports/invariants.h"
#include "sim/units/npu.h"

namespace tricycle {

namespace {

/// Of the items that a window counts, a round may have been worked on before it; the others lie
/// wholly in it, and so do the cycles that they need.
void check_window(const Program& program, const HwConfig& hw, const ItemBounds& bounds,
                  double cycles_per_item) {
  const SteadyWindow window(program, hw);
  const std::int64_t slots = hw.cores * items_in_flight(program, hw);
  const auto items = static_cast<double>(window.measured()), round = static_cast<double>(slots);
  // Where items take several ways, those of the round may be the longest of all.
  double longest = bounds.least_with(slots);
  if (has_exits(program)) {
    longest = 0;
    for (const WeightedWay& way : weighted_ways(program))
      longest =
          std::max(longest, item_bounds(along(program, way.way).program, hw).least_with(slots));
  }
  check_part("the bound of a window of the steady state",
             std::max(0.0, bounds.least_with(slots) - longest * round / items), cycles_per_item);
}

}  // namespace

SteadyState steady_state(const Program& program, const HwConfig& hw, const ItemBounds& bounds,
                         double most) {
  SteadyState steady;
  steady.lower_bounds = bounds.cycles;
  steady.busy = bounds.busy;
  if (bounds.least() > most) {
    steady.cycles_per_item = std::numeric_limits<double>::infinity();
    return steady;
  }
  const WindowRun window = run_window(program, hw, most);
  check_window(program, hw, bounds, window.cycles_per_item);
  steady.cycles_per_item = std::max(window.cycles_per_item, bounds.least());
  steady.units = window.units;
  return steady;
}

double steady_cycles_per_item(const Program& program, const HwConfig& hw, double most) {
  return steady_state(program, hw, item_bounds(program, hw), most).cycles_per_item;
}

}  // namespace tricycle
