// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "sim/engine/cycle_bound.h"

namespace tricycle {

/// What an item costs when many follow each other: the cycles of a SteadyWindow, and no less than
/// any bound.  A window counts items as they end, and those that were under way when it began had
/// part of their work before: it may come out a little too short, which a bound cannot.  It depends
/// on program and machine alone, not on how many items a problem has.  Infinity where it is more
/// than `most`, known after part of the run.
SteadyState steady_state(const Program& program, const HwConfig& hw, const ItemBounds& bounds,
                         double most = std::numeric_limits<double>::infinity());

/// .. its cycles alone.
double steady_cycles_per_item(const Program& program, const HwConfig& hw,
                              double most = std::numeric_limits<double>::infinity());

}  // namespace tricycle
