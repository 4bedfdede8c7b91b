// SPDX-License-Identifier: Apache-2.0
#include "sim/units/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>

namespace tricycle {

Scoreboard::Scoreboard(const Program& program, const HwConfig& hw, std::int64_t items,
                       std::int64_t in_flight)
    : program_(program), hw_(hw), items_(items) {
  for (std::uint32_t i = 0; i < program.instructions.size(); ++i)
    queue_[static_cast<std::size_t>(program.instructions[i].unit())].push_back(i);
  slots_.resize(static_cast<std::size_t>(std::min(items, in_flight)));
  for (std::size_t s = 0; s < slots_.size(); ++s)
    start_item(slots_[s], static_cast<std::int64_t>(s), 0);
}

void Scoreboard::start_item(Slot& slot, std::int64_t item, std::int64_t now) {
  slot.item = item;
  slot.item_start = now;
  slot.head.fill(0);
  slot.done.assign(program_.instructions.size(), Done{});
  slot.remaining = static_cast<std::int64_t>(program_.instructions.size());
}

Pick Scoreboard::examine(Unit unit, std::size_t s, std::int64_t now) const {
  const Slot& slot = slots_[s];
  const auto& queue = queue_[static_cast<std::size_t>(unit)];
  Pick pick;
  if (slot.item >= items_ || slot.head[static_cast<std::size_t>(unit)] >= queue.size()) return pick;
  pick.slot = s;
  pick.instruction = queue[slot.head[static_cast<std::size_t>(unit)]];
  pick.item_start = pick.posted = pick.arrived = pick.visible = slot.item_start;
  for (std::uint32_t wait : program_.instructions[pick.instruction].waits) {
    const Done& done = slot.done[wait];
    const Unit producer = program_.instructions[wait].unit();
    if (!done.posted) {
      pick.readiness = Readiness::kBlocked;
      pick.producer = producer;
      return pick;
    }
    // A unit forwards to itself: pipeline and token latency count between units only.
    const std::int64_t arrived = producer == unit ? done.posted_at : done.arrived_at;
    const std::int64_t visible =
        producer == unit ? arrived : arrived + hw_.sequencer.token_latency_cycles;
    if (visible >= pick.visible) {
      pick.visible = visible;
      pick.arrived = arrived;
      pick.posted = done.posted_at;
      pick.producer = producer;
    }
  }
  pick.readiness = pick.visible <= now ? Readiness::kReady : Readiness::kLater;
  pick.time = pick.visible;
  return pick;
}

Pick Scoreboard::next_in_program_order(Unit unit, std::int64_t now) const {
  // Round-robin: the slot that took the fewest instructions of this unit so far, whether it is
  // ready or not.
  const auto u = static_cast<std::size_t>(unit);
  const Slot* first = nullptr;
  for (const Slot& slot : slots_) {
    const bool work_left =
        slot.item < items_ && (slot.head[u] < queue_[u].size() ||
                               slot.item + static_cast<std::int64_t>(slots_.size()) < items_);
    if (work_left && (first == nullptr || slot.taken_total[u] < first->taken_total[u]))
      first = &slot;
  }
  if (first == nullptr) return {};
  Pick pick = examine(unit, static_cast<std::size_t>(first - slots_.data()), now);
  if (pick.readiness == Readiness::kFinished)
    pick.readiness = Readiness::kBlocked;  // its next item has not started
  return pick;
}

Pick Scoreboard::next(Unit unit, std::int64_t now) const {
  const auto u = static_cast<std::size_t>(unit);
  if (queue_[u].empty()) return {};
  if (hw_.sequencer.dispatch == Dispatch::kProgramOrder) return next_in_program_order(unit, now);
  Pick best;
  bool later_items = false;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Pick pick = examine(unit, s, now);
    later_items = later_items || slots_[s].item + static_cast<std::int64_t>(slots_.size()) < items_;
    if (pick.readiness == Readiness::kFinished) continue;
    const bool better = [&] {
      if (best.readiness == Readiness::kFinished) return true;
      if (pick.readiness != best.readiness) return pick.readiness < best.readiness;
      if (pick.readiness == Readiness::kLater && pick.time != best.time)
        return pick.time < best.time;
      return slots_[s].item < slots_[best.slot].item;
    }();
    if (better) best = pick;
  }
  if (best.readiness == Readiness::kFinished && later_items) best.readiness = Readiness::kBlocked;
  return best;
}

void Scoreboard::take(const Pick& pick) {
  const auto u = static_cast<std::size_t>(program_.instructions[pick.instruction].unit());
  ++slots_[pick.slot].head[u];
  ++slots_[pick.slot].taken_total[u];
}

void Scoreboard::complete(std::size_t s, std::uint32_t instruction, std::int64_t now,
                          std::int64_t pipeline_cycles) {
  Slot& slot = slots_[s];
  slot.done[instruction] = {true, now, now + pipeline_cycles};
  if (--slot.remaining == 0) {
    ++completed_items_;
    completion_cycles_.push_back(now);
    const std::int64_t next = slot.item + static_cast<std::int64_t>(slots_.size());
    if (next < items_) start_item(slot, next, now);
  }
  progress_.notify();
}

std::string Scoreboard::describe_blocked() const {
  std::string text;
  for (std::size_t u = 0; u < kUnitCount; ++u)
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      const Pick pick = examine(static_cast<Unit>(u), s, 0);
      if (pick.readiness == Readiness::kFinished) continue;
      for (std::uint32_t wait : program_.instructions[pick.instruction].waits)
        if (!slots_[s].done[wait].posted)
          text += fmt::format(
              "\n  {}: instruction {} of item {} waits for the token of instruction {} ({})",
              kUnitNames[u], pick.instruction, slots_[s].item, wait,
              kUnitNames[static_cast<std::size_t>(program_.instructions[wait].unit())]);
    }
  return text;
}

}  // namespace tricycle
