// SPDX-License-Identifier: Apache-2.0
#include "sim/units/sequencer.h"

#include <algorithm>
#include <limits>

#include "sim/units/cycle_time.h"

namespace tricycle {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

}  // namespace

Sequencer::Sequencer(const sc_core::sc_module_name& name, Scoreboard& scoreboard,
                     const std::vector<std::unique_ptr<UnitServer>>& servers,
                     std::int64_t launch_cycles)
    : sc_module(name), scoreboard_(scoreboard), launch_cycles_(launch_cycles) {
  for (const auto& server : servers)
    units_[static_cast<std::size_t>(server->unit())].servers.push_back(server.get());
  SC_HAS_PROCESS(Sequencer);
  SC_METHOD(dispatch);
}

void Sequencer::dispatch() {
  const std::int64_t now = now_cycles();
  if (now < launch_cycles_) {
    next_trigger(duration(launch_cycles_ - now));
    return;
  }
  // Woken by time, this may run before a completion of the same cycle: once more, after all of
  // them.
  if (settled_ != now) {
    settled_ = now;
    next_trigger(sc_core::SC_ZERO_TIME);
    return;
  }
  wake_at_ = kNever;
  for (int u = 0; u < kUnitCount; ++u) dispatch_unit(static_cast<Unit>(u), now);
  if (wake_at_ == kNever)
    next_trigger(scoreboard_.progress());
  else
    next_trigger(duration(wake_at_ - now), scoreboard_.progress());
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
