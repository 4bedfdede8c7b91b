// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "sim/engine/cycle_bound.h"

namespace tricycle {

/// What an item costs when many follow each other: the cycles of a SteadyWindow, and no less than
/// any bound.
///
/// A window counts items as they end.  Part of the work of the items in flight at its begin was
/// done before it.  So the window may come out a little too short; a bound never does.  The result
/// depends on program and machine alone, not on how many items a problem has.  It is infinity where
/// it exceeds `most`, which shows after part of the run.
SteadyState steady_state(const Program& program, const HwConfig& hw, const ItemBounds& bounds,
                         double most = std::numeric_limits<double>::infinity());

/// The cycles of steady_state() alone.
double steady_cycles_per_item(const Program& program, const HwConfig& hw,
                              double most = std::numeric_limits<double>::infinity());

}  // namespace tricycle
