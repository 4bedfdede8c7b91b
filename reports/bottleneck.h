// SPDX-License-Identifier: Apache-2.0
//
// Which resource bounds a run: the cycles that each resource needs per chunk at the least, and how
// far the run is from the most demanding one.
#pragma once

#include <string>

#include "models/resource.h"
#include "models/run_result.h"

namespace tricycle {

/// RunResult::steady.lower_bounds: the cycles that a chunk takes at the least, by resource.
/// docs/output.md explains them.
const ResourceCycles& lower_bound_cycles(const RunResult& result);

struct Bottleneck {
  Resource resource;    // the one with the largest bound; the first of equal ones
  double bound_cycles;  // that bound, cycles per chunk
  double gap;           // measured cycles per chunk / bound - 1
};
Bottleneck bottleneck(const RunResult& result);

/// What one unit waited for in a simulation, in percent of its cycles, longest first: "matrix:
/// wait_dma 21 %, drain 3 %".  The unit is the one that the resource belongs to.  For `dependency`
/// and the scratchpad it is the busiest unit of all.  Empty where the unit waited for nothing.
std::string waits_of(Resource resource, const ByUnit<UnitCycles>& units);

/// A gap above this needs an explanation: smaller ones are the jitter of a schedule.
inline constexpr double kNotableGap = 0.03;

}  // namespace tricycle
