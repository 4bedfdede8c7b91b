// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dispatch_loop.h"

#include <algorithm>

#include "sim/units/cycle_time.h"

namespace tricycle {

DispatchLoop::DispatchLoop(const sc_core::sc_module_name& name,
                           const std::vector<std::unique_ptr<Core>>& cores,
                           const sc_core::sc_event& progress, std::int64_t launch_cycles,
                           const StopRule& stop)
    : sc_module(name),
      cores_(cores),
      progress_(progress),
      launch_cycles_(launch_cycles),
      stop_(stop) {
  SC_HAS_PROCESS(DispatchLoop);
  SC_METHOD(step);
}

void DispatchLoop::step() {
  const std::int64_t now = now_cycles();
  if (now < launch_cycles_) {
    next_trigger(duration(launch_cycles_ - now));
    return;
  }
  // When time wakes it, it may run before a product of the array ends in the same cycle.  So it
  // runs once more, after all of them.
  if (settled_ != now && cores_.front()->steps_the_array()) {
    settled_ = now;
    next_trigger(sc_core::SC_ZERO_TIME);
    return;
  }
  std::int64_t next = now;
  while (next <= now) next = run_cycle(now);  // an instruction may take no time
  if (stops(now)) return;                     // nothing wakes it any more
  if (next == Sequencer::kNever)
    next_trigger(progress_);
  else if (cores_.front()->steps_the_array())
    next_trigger(duration(next - now), progress_);
  else
    next_trigger(duration(next - now));
}

std::int64_t DispatchLoop::run_cycle(std::int64_t now) {
  for (const auto& core : cores_) core->complete_due(now);
  start_items(now);
  std::int64_t next = Sequencer::kNever;
  for (const auto& core : cores_) {
    Sequencer& sequencer = core->sequencer();
    if (core->scoreboard().take_progress() || sequencer.wake_at() <= now) sequencer.dispatch(now);
    next = std::min({next, sequencer.wake_at(), core->next_completion()});
  }
  return next;
}

bool DispatchLoop::stops(std::int64_t now) {
  if (stop_.items == StopRule::kNever) return false;
  std::int64_t completed = 0;
  for (const auto& core : cores_)
    completed += static_cast<std::int64_t>(core->scoreboard().completion_cycles().size());
  if (from_cycle_ < 0 && completed >= stop_.from) from_cycle_ = now;
  stopped_ =
      completed >= stop_.items || (from_cycle_ >= 0 && now - from_cycle_ > stop_.most_cycles);
  return stopped_;
}

void DispatchLoop::start_items(std::int64_t now) {
  bool ran_out = false;
  for (const auto& core : cores_) ran_out = core->scoreboard().start_items(now) || ran_out;
  if (!ran_out) return;
  // In program order, a unit may wait for an item that a slot of another core has taken.
  for (const auto& core : cores_) core->scoreboard().items_ran_out();
}

}  // namespace tricycle
