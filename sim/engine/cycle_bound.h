// SPDX-License-Identifier: Apache-2.0
//
// Lower bounds that no schedule can beat.  They are formulas of program and machine; nothing is
// simulated.
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

/// Lower bounds on the cycles per item when many items follow each other (docs/output.md, "What
/// bounds a run").  A bound is the work of an item over what the machine does of it per cycle.
/// Three are special:
///   scratchpad:   the busiest bank, with items spread evenly over the slots;
///   operand path: what must be loaded again, whatever other items do in between.  Buffers are
///                 replaced least recently used first, so more items can only replace more;
///   dependency:   least_latency_cycles() / items in flight on all cores.
struct ItemBounds {
  ResourceCycles cycles{};
  ByUnit<std::int64_t> busy{};  // by an item, all servers of a unit together
  // least_latency_cycles(), and its mean where items take several ways.
  std::int64_t latency_cycles = 0;
  double mean_latency_cycles = 0;

  /// The largest of the bounds.
  double least() const;
  /// The same with so many items in flight on all cores instead, without the bound of the banks.
  double least_with(std::int64_t in_flight) const;
};
///
/// Of a program with exits: the means over its items (over the first `items`, where that is given);
/// latency_cycles is the largest of any way that they take.
ItemBounds item_bounds(const Program& program, const HwConfig& hw);
ItemBounds item_bounds(const Program& program, const HwConfig& hw,
                       const std::vector<InstructionTiming>& timings);
ItemBounds item_bounds(const Program& program, const HwConfig& hw,
                       const std::vector<InstructionTiming>& timings, std::int64_t items);

/// Of the ways that items take, the program of the one with the largest least_latency_cycles(); of
/// a program without exits, itself.
Program slowest_alone(const Program& program, const HwConfig& hw);

/// Lower bound on the cycles from an item's start to its end, alone or among others.  Every
/// instruction starts as soon as its tokens, its place in its unit's queue, a server, the DRAM's
/// channel and the paths allow.  It assumes that no other item uses these, and that banks are never
/// short.
///
/// In-order starts on equal servers are monotone: what comes later or takes longer delays
/// everything after it.  So this is a bound, in spite of the anomalies of list scheduling.
std::int64_t least_latency_cycles(const Program& program, const HwConfig& hw);

/// Lower bound on steady_cycles_per_item(): item_bounds(program, hw).least().
double least_cycles_per_item(const Program& program, const HwConfig& hw);

}  // namespace tricycle
