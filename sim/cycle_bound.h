// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// What steady_cycles_per_item() cannot be below, without a simulation:
///   units: issue and busy cycles of an item / servers of the unit on all cores;
///   dependency: the longest path through the item's tokens / items in flight on all cores.
/// The larger of them, for all but one of the measured rounds: of the items that complete in a
/// window, those in flight at its beginning, one round at most, may have had their work before.
double least_cycles_per_item(const Program& program, const HwConfig& hw);

}  // namespace tricycle
