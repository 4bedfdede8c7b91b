// SPDX-License-Identifier: Apache-2.0
//
// What no schedule can beat: formulas of program and machine alone, nothing is simulated.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/resource.h"
#include "models/run_result.h"
#include "models/timing/instruction_timing.h"

namespace tricycle {

/// What many items that follow each other cannot go below, in cycles an item (docs/output.md, "What
/// bounds a run"): work of an item over what the machine does of it in a cycle, and
///   scratchpad:   the busiest bank, items spread evenly over the slots;
///   operand path: what must be loaded again whatever other items do in between: the places are
///                 used longest ago first, so that more items can only push out more;
///   dependency:   least_latency_cycles() / items in flight on all cores.
struct ItemBounds {
  ResourceCycles cycles{};
  ByUnit<std::int64_t> busy{};      // of an item, all servers of a unit together
  std::int64_t latency_cycles = 0;  // least_latency_cycles()

  /// The largest of them.
  double least() const;
  /// .. with so many items in flight on all cores instead, banks aside.
  double least_with(std::int64_t in_flight) const;
};
ItemBounds item_bounds(const Program& program, const HwConfig& hw);
ItemBounds item_bounds(const Program& program, const HwConfig& hw,
                       const std::vector<InstructionTiming>& timings);

/// Cycles from the start of an item to its end that it cannot go below, alone or among others:
/// every instruction starts as soon as its tokens, its place in its unit's queue, a server, and the
/// DRAM's channel and the paths allow, as if no other item used them and banks were never short.
/// In-order starts on equal servers are monotone: whatever comes later or takes longer delays all
/// behind it, so this is a bound in spite of the anomalies of list scheduling.
std::int64_t least_latency_cycles(const Program& program, const HwConfig& hw);

/// What steady_cycles_per_item() cannot be below: item_bounds(program, hw).least().
double least_cycles_per_item(const Program& program, const HwConfig& hw);

}  // namespace tricycle
