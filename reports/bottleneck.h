// SPDX-License-Identifier: Apache-2.0
//
// Which resource bounds a run: what each needs for a chunk at the least, and how far the run is
// from the most demanding one.
#pragma once

#include <string>

#include "models/resource.h"
#include "models/run_result.h"

namespace tricycle {

/// RunResult::steady.lower_bounds: cycles a chunk takes at the least, by resource.  docs/output.md
/// explains them.
const ResourceCycles& lower_bound_cycles(const RunResult& result);

struct Bottleneck {
  Resource resource;    // with the largest bound; of equal ones the first
  double bound_cycles;  // that bound, cycles a chunk
  double gap;           // measured cycles a chunk / bound - 1
};
Bottleneck bottleneck(const RunResult& result);

/// What the unit that a resource belongs to - the busiest of all for `dependency` and the
/// scratchpad - waited for in a simulation, longest first, in percent of its cycles: "matrix:
/// wait_dma 21 %, drain 3 %".  Empty where it waited for nothing.
std::string waits_of(Resource resource, const ByUnit<UnitCycles>& units);

/// A gap beyond this is worth a reason: smaller ones are the jitter of a schedule.
inline constexpr double kNotableGap = 0.03;

}  // namespace tricycle
