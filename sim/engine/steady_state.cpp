// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/steady_state.h"

#include <algorithm>

#include "sim/units/npu.h"

namespace tricycle {

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
  steady.cycles_per_item = std::max(window.cycles_per_item, bounds.least());
  steady.units = window.units;
  return steady;
}

double steady_cycles_per_item(const Program& program, const HwConfig& hw, double most) {
  return steady_state(program, hw, item_bounds(program, hw), most).cycles_per_item;
}

}  // namespace tricycle
