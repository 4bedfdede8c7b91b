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

/// Hands instructions to the units of a core, in a fixed order (that of Unit, lowest server first):
/// which instruction goes first when two could never depends on the order in which SystemC
/// runs processes.
class Sequencer {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  Sequencer(Scoreboard& scoreboard, const std::vector<std::unique_ptr<UnitServer>>& servers);
  /// Starts what is ready at cycle `now`.  Called once everything of the cycle has completed,
  /// whenever the scoreboard made progress and at wake_at().
  void dispatch(std::int64_t now);
  /// The cycle in which the first instruction that only waits for its token to arrive will be
  /// ready; kNever where there is none.
  std::int64_t wake_at() const { return wake_at_; }

 private:
  /// Servers of one unit, and what was found out about its next instruction.
  struct UnitState {
    std::vector<UnitServer*> servers;
    std::int64_t seen_changes = -1;  // Scoreboard::changes when `next` was looked up
    Pick next;
  };
  void dispatch_unit(Unit unit, std::int64_t now);

  Scoreboard& scoreboard_;
  std::array<UnitState, kUnitCount> units_;
  std::int64_t wake_at_ = kNever;
};

}  // namespace tricycle
