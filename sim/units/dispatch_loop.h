// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/units/core.h"

namespace tricycle {

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
               const sc_core::sc_event& progress, std::int64_t launch_cycles);

 private:
  void step();
  /// All that happens in the cycle; returns when next something does.
  std::int64_t run_cycle(std::int64_t now);
  void start_items(std::int64_t now);

  const std::vector<std::unique_ptr<Core>>& cores_;
  const sc_core::sc_event& progress_;
  std::int64_t launch_cycles_;
  std::int64_t settled_ = -1;  // the cycle whose products of the array have all been seen
};

}  // namespace tricycle
