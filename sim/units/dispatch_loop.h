// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/units/core.h"

namespace tricycle {

/// Where a run may end before all of its items have.
struct StopRule {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::int64_t items = kNever;                  // as soon as so many have completed
  std::int64_t from = kNever, most_cycles = 0;  // .. or more cycles than that have passed since so
                                                // many have
};

/// The one process that starts and ends anything but products of the array register by register: in
/// a cycle it ends what ends then, gives items to free slots, then lets the sequencers of the cores
/// dispatch, lowest core first.  So which core goes first when two could, to an item or to the
/// DRAM, never depends on the order in which SystemC runs processes; and a cycle costs SystemC one
/// event, however much happens in it.
class DispatchLoop : public sc_core::sc_module {
 public:
  /// `progress`: the array told of a product; `launch_cycles`: from the start of the run to the
  /// first instruction.
  DispatchLoop(const sc_core::sc_module_name& name, const std::vector<std::unique_ptr<Core>>& cores,
               const sc_core::sc_event& progress, std::int64_t launch_cycles, const StopRule& stop);

  /// Whether it ended by the rule, before all items had.
  bool has_stopped() const { return stopped_; }

 private:
  void step();
  /// All that happens in the cycle; returns when next something does.
  std::int64_t run_cycle(std::int64_t now);
  void start_items(std::int64_t now);
  bool stops(std::int64_t now);

  const std::vector<std::unique_ptr<Core>>& cores_;
  const sc_core::sc_event& progress_;
  std::int64_t launch_cycles_;
  StopRule stop_;
  bool stopped_ = false;
  std::int64_t from_cycle_ = -1;  // stop_.from items have completed; -1: not yet
  std::int64_t settled_ = -1;     // the cycle whose products of the array have all been seen
};

}  // namespace tricycle
