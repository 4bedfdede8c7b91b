// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/isa/instruction.h"
#include "sim/units/scoreboard.h"
#include "sim/units/unit_server.h"

namespace tricycle {

/// Hands instructions to units.  It runs after everything that completes in a cycle has completed,
/// and asks units in a fixed order (matrix, vector, DMA; lowest server first), so that which
/// instruction goes first when two could never depends on the order in which SystemC runs
/// processes.
class Sequencer : public sc_core::sc_module {
 public:
  /// `launch_cycles`: from the start of the run to the first instruction.
  Sequencer(const sc_core::sc_module_name& name, Scoreboard& scoreboard,
            const std::vector<std::unique_ptr<UnitServer>>& servers, std::int64_t launch_cycles);

 private:
  /// Servers of one unit, and what was found out about its next instruction.
  struct UnitState {
    std::vector<UnitServer*> servers;
    std::int64_t seen_changes = -1;  // Scoreboard::changes when `next` was looked up
    Pick next;
  };
  void dispatch();
  void dispatch_unit(Unit unit, std::int64_t now);

  Scoreboard& scoreboard_;
  std::array<UnitState, kUnitCount> units_;
  std::int64_t launch_cycles_;
  std::int64_t settled_ = -1;  // the cycle whose completions have all been seen
  std::int64_t wake_at_ = 0;   // cycle the first instruction that is not ready yet will be
};

}  // namespace tricycle
