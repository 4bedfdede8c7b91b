// SPDX-License-Identifier: Apache-2.0
//
// What no figure can be, whatever was run: checked at the end of every run, in every build.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hw_config.h"
#include "models/run_result.h"

namespace tricycle {

/// Throws RunError "internal: ..." that names the figure unless 0 <= part <= whole, but for what
/// doubles round.
void check_part(std::string_view figure, double part, double whole);

/// A simulation: units busy for no more than its cycles, products in no less than their peaks allow
/// (`peak_cycles`: of an item on one core), useful multiply-accumulates among them, PEs mapped
/// within those there are, bytes within the DRAM's bandwidth, the last completion at its end; the
/// bounds of its items, banks apart, within its cycles: a bank's is a mean over the slots.  Throws
/// RunError.
void check_figures(const HwConfig& hw, const SimulationResult& simulation,
                   const ResourceCycles& item_bounds, double peak_cycles);

/// A run: its simulations, its steady state no faster than any bound, unit or bandwidth, the
/// latency of one chunk the sum of its critical path and no less than the shortest, energy no less
/// than its parts.  Throws RunError.
void check_figures(const HwConfig& hw, const RunResult& result);

}  // namespace tricycle
