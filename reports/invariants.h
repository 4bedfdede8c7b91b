// SPDX-License-Identifier: Apache-2.0
//
// Checks that every result must pass, whatever was run.  They run at the end of every run, in every
// build.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/hw_config.h"
#include "models/run_result.h"

namespace tricycle {

/// Throws InternalError that names the figure, its value and its bound unless 0 <= part <= whole,
/// up to rounding of doubles.
void check_part(std::string_view figure, double part, double whole);

/// Checks the figures of one simulation.  Throws InternalError unless all of these hold:
///   - units are busy for no more than the simulation's cycles;
///   - products take no less than their peak allows (`peak_cycles`: of an item on one core);
///   - useful multiply-accumulates are among those done, and mapped PEs among those there are;
///   - the DRAM moves no more bytes than its bandwidth allows;
///   - the last completion is the end of the simulation;
///   - the bounds of its items fit into its cycles.  Banks are left out: their bound is a mean over
///     the slots.
void check_figures(const HwConfig& hw, const SimulationResult& simulation,
                   const ResourceCycles& item_bounds, double peak_cycles);

/// Checks the figures of a run.  Throws InternalError unless its simulations pass and all of these
/// hold:
///   - steady state is no faster than any bound, unit or bandwidth;
///   - the latency of one chunk is the sum of its critical path, and no less than the shortest;
///   - energy is no less than any of its parts.
void check_figures(const HwConfig& hw, const RunResult& result);

}  // namespace tricycle
