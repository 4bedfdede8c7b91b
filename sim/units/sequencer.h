// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "models/isa/instruction.h"
#include "sim/units/scoreboard.h"
#include "sim/units/unit_server.h"

namespace tricycle {

/// Dispatches instructions to the units of a core in a fixed order: the order of Unit, lowest
/// server first.  So the order in which SystemC runs processes never decides which of two ready
/// instructions goes first.
class Sequencer {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  Sequencer(Scoreboard& scoreboard, const std::vector<std::unique_ptr<UnitServer>>& servers);
  /// Starts every instruction that is ready at cycle `now`.  Called once everything in the cycle
  /// has completed: whenever the scoreboard made progress, and at wake_at().
  void dispatch(std::int64_t now);
  /// The earliest cycle in which an instruction becomes ready that only waits for its token to
  /// arrive; kNever where there is none.
  std::int64_t wake_at() const { return wake_at_; }

 private:
  /// The servers of one unit, and what is known about its next instruction.
  struct UnitState {
    std::vector<UnitServer*> servers;
    std::int64_t seen_changes = -1;  // value of Scoreboard::changes when `next` was looked up
    Pick next;
  };
  void dispatch_unit(Unit unit, std::int64_t now);

  Scoreboard& scoreboard_;
  std::array<UnitState, kUnitCount> units_;
  std::int64_t wake_at_ = kNever;
};

}  // namespace tricycle
