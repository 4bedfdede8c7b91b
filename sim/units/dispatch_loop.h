// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/units/core.h"

namespace tricycle {

/// When a run may end before all of its items have ended.
struct StopRule {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t items = kNever;  // stop as soon as so many items have completed
  /// Stop, too, when more than most_cycles have passed since `from` items have completed.
  std::int64_t from = kNever, most_cycles = 0;
};

/// The one process that starts and ends instructions, apart from products that the array simulates
/// register by register.  In each cycle it first completes what ends, then gives items to free
/// slots.  Then it lets the sequencers of the cores dispatch, lowest core first.  So two cores that
/// compete for an item or for the DRAM always go in the same order, whatever order SystemC runs
/// processes in.  And SystemC handles one event per cycle, however much happens in it.
class DispatchLoop : public sc_core::sc_module {
 public:
  /// `progress`: notified when the array has done or delivered a product.  `launch_cycles`: from
  /// the start of the run to the first instruction.
  DispatchLoop(const sc_core::sc_module_name& name, const std::vector<std::unique_ptr<Core>>& cores,
               const sc_core::sc_event& progress, std::int64_t launch_cycles, const StopRule& stop);

  /// Whether the rule ended the run before all items had ended.
  bool has_stopped() const { return stopped_; }

 private:
  void step();
  /// Does everything that happens in the cycle.  Returns the next cycle in which something happens.
  std::int64_t run_cycle(std::int64_t now);
  void start_items(std::int64_t now);
  bool stops(std::int64_t now);

  const std::vector<std::unique_ptr<Core>>& cores_;
  const sc_core::sc_event& progress_;
  std::int64_t launch_cycles_;
  StopRule stop_;
  bool stopped_ = false;
  std::int64_t from_cycle_ = -1;  // cycle in which stop_.from items had completed; -1: not yet
  std::int64_t settled_ = -1;     // the last cycle whose products of the array have all been seen
};

}  // namespace tricycle
