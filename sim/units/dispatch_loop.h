// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/units/core.h"

namespace tricycle {

/// The one process that starts anything: it runs after everything that completes in a cycle has
/// completed, gives items to free slots, then lets the sequencers of the cores dispatch, lowest
/// core first.  So which core goes first when two could, to an item or to the DRAM, never depends
/// on the order in which SystemC runs processes.
class DispatchLoop : public sc_core::sc_module {
 public:
  /// `progress`: something completed; `launch_cycles`: from the start of the run to the first
  /// instruction.
  DispatchLoop(const sc_core::sc_module_name& name, const std::vector<std::unique_ptr<Core>>& cores,
               const sc_core::sc_event& progress, std::int64_t launch_cycles);

 private:
  void step();
  void start_items(std::int64_t now);

  const std::vector<std::unique_ptr<Core>>& cores_;
  const sc_core::sc_event& progress_;
  std::int64_t launch_cycles_;
  std::int64_t settled_ = -1;  // the cycle whose completions have all been seen
};

}  // namespace tricycle
