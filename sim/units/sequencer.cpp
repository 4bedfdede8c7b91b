// SPDX-License-Identifier: Apache-2.0
#include "sim/units/sequencer.h"

#include <algorithm>

namespace tricycle {

Sequencer::Sequencer(Scoreboard& scoreboard,
                     const std::vector<std::unique_ptr<UnitServer>>& servers)
    : scoreboard_(scoreboard) {
  for (const auto& server : servers)
    units_[static_cast<std::size_t>(server->unit())].servers.push_back(server.get());
}

void Sequencer::dispatch(std::int64_t now) {
  wake_at_ = kNever;
  for (std::size_t u = 0; u < kUnitCount; ++u) dispatch_unit(static_cast<Unit>(u), now);
}

void Sequencer::dispatch_unit(Unit unit, std::int64_t now) {
  UnitState& state = units_[static_cast<std::size_t>(unit)];
  for (UnitServer* server : state.servers) {
    if (!server->free()) continue;
    const bool time_reached = state.next.readiness == Readiness::kLater && state.next.time <= now;
    if (time_reached || scoreboard_.changes(unit) != state.seen_changes) {
      state.seen_changes = scoreboard_.changes(unit);
      state.next = scoreboard_.next(unit, now);
    }
    if (state.next.readiness == Readiness::kLater) wake_at_ = std::min(wake_at_, state.next.time);
    if (state.next.readiness != Readiness::kReady) return;
    server->start(state.next);
  }
}

}  // namespace tricycle
