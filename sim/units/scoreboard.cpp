// SPDX-License-Identifier: Apache-2.0
#include "sim/units/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tricycle {

namespace {

constexpr std::int64_t kBlockedHead = std::numeric_limits<std::int64_t>::max() - 1;
constexpr std::int64_t kNoHead = std::numeric_limits<std::int64_t>::max();

}  // namespace

Scoreboard::Scoreboard(const Program& program, const HwConfig& hw, std::int64_t items,
                       std::int64_t in_flight)
    : program_(program),
      hw_(hw),
      items_(items),
      initial_(program.instructions.size()),
      dependents_(program.instructions.size()),
      slots_(static_cast<std::size_t>(std::min(items, in_flight))) {
  for (std::uint32_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& in = program.instructions[i];
    queue_[static_cast<std::size_t>(in.unit())].push_back(i);
    initial_[i].missing = static_cast<std::uint32_t>(in.waits.size());
    for (std::uint32_t wait : in.waits) dependents_[wait].push_back(i);
  }
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    head_visible_[u].assign(slots_.size(), kNoHead);
    untaken_[u] = items * static_cast<std::int64_t>(queue_[u].size());
  }
  completion_cycles_.reserve(static_cast<std::size_t>(items));
  for (std::size_t s = 0; s < slots_.size(); ++s) start_item(s, static_cast<std::int64_t>(s), 0);
}

void Scoreboard::start_item(std::size_t s, std::int64_t item, std::int64_t now) {
  Slot& slot = slots_[s];
  slot.item = item;
  slot.item_start = now;
  slot.head.fill(0);
  slot.tokens = initial_;
  for (Tokens& t : slot.tokens) t.posted = t.arrived = t.visible = now;
  slot.posted.assign(program_.instructions.size(), false);
  slot.remaining = static_cast<std::int64_t>(program_.instructions.size());
  for (int u = 0; u < kUnitCount; ++u) update_head(static_cast<Unit>(u), s);
}

void Scoreboard::update_head(Unit unit, std::size_t s) {
  const auto u = static_cast<std::size_t>(unit);
  const Slot& slot = slots_[s];
  std::int64_t& visible = head_visible_[u][s];
  if (slot.head[u] >= queue_[u].size()) {
    visible = kNoHead;
    return;
  }
  const Tokens& tokens = slot.tokens[queue_[u][slot.head[u]]];
  visible = tokens.missing > 0 ? kBlockedHead : tokens.visible;
}

Pick Scoreboard::pick_of(Unit unit, std::size_t s, std::int64_t now) const {
  const auto u = static_cast<std::size_t>(unit);
  const std::int64_t visible = head_visible_[u][s];
  Pick pick;
  if (visible == kNoHead) return pick;
  const Slot& slot = slots_[s];
  pick.slot = s;
  pick.instruction = queue_[u][slot.head[u]];
  if (visible == kBlockedHead) {
    pick.readiness = Readiness::kBlocked;
    return pick;
  }
  const Tokens& tokens = slot.tokens[pick.instruction];
  pick.readiness = visible <= now ? Readiness::kReady : Readiness::kLater;
  pick.time = pick.visible = visible;
  pick.item_start = slot.item_start;
  pick.posted = tokens.posted;
  pick.arrived = tokens.arrived;
  pick.producer = tokens.producer;
  return pick;
}

Pick Scoreboard::next_in_program_order(Unit unit, std::int64_t now) const {
  // Round-robin: the slot that took the fewest instructions of this unit so far, whether it is
  // ready or not.
  const auto u = static_cast<std::size_t>(unit);
  const Slot* first = nullptr;
  for (const Slot& slot : slots_) {
    const bool work_left = slot.head[u] < queue_[u].size() ||
                           slot.item + static_cast<std::int64_t>(slots_.size()) < items_;
    if (work_left && (first == nullptr || slot.taken_total[u] < first->taken_total[u]))
      first = &slot;
  }
  Pick pick = pick_of(unit, static_cast<std::size_t>(first - slots_.data()), now);
  if (pick.readiness == Readiness::kFinished)
    pick.readiness = Readiness::kBlocked;  // its next item has not started
  return pick;
}

Pick Scoreboard::next(Unit unit, std::int64_t now) const {
  const auto u = static_cast<std::size_t>(unit);
  if (untaken_[u] == 0) return {};
  if (hw_.sequencer.dispatch == Dispatch::kProgramOrder) return next_in_program_order(unit, now);
  // The oldest item of those that are ready; else the one that is ready first.
  std::size_t best = 0;
  std::int64_t best_visible = kNoHead;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const std::int64_t visible = std::max(head_visible_[u][s], now);
    if (visible < best_visible || (visible == best_visible && slots_[s].item < slots_[best].item)) {
      best = s;
      best_visible = visible;
    }
  }
  Pick pick = pick_of(unit, best, now);
  if (pick.readiness == Readiness::kFinished)
    pick.readiness = Readiness::kBlocked;  // the next item has not started
  return pick;
}

void Scoreboard::take(const Pick& pick) {
  const Unit unit = program_.instructions[pick.instruction].unit();
  const auto u = static_cast<std::size_t>(unit);
  ++slots_[pick.slot].head[u];
  ++slots_[pick.slot].taken_total[u];
  --untaken_[u];
  update_head(unit, pick.slot);
}

void Scoreboard::complete(std::size_t s, std::uint32_t instruction, std::int64_t now,
                          std::int64_t pipeline_cycles) {
  Slot& slot = slots_[s];
  slot.posted[instruction] = true;
  const Unit producer = program_.instructions[instruction].unit();
  for (std::uint32_t dependent : dependents_[instruction]) {
    const Unit unit = program_.instructions[dependent].unit();
    // A unit forwards to itself: pipeline and token latency count between units only.
    const std::int64_t arrived = producer == unit ? now : now + pipeline_cycles;
    const std::int64_t visible =
        producer == unit ? arrived : arrived + hw_.sequencer.token_latency_cycles;
    Tokens& tokens = slot.tokens[dependent];
    // Of tokens visible at once, the youngest producer's counts as the last.
    if (visible > tokens.visible || (visible == tokens.visible && instruction >= tokens.last))
      tokens = {tokens.missing, instruction, producer, now, arrived, visible};
    if (--tokens.missing == 0) update_head(unit, s);
  }
  if (--slot.remaining == 0) {
    ++completed_items_;
    completion_cycles_.push_back(now);
    const std::int64_t next = slot.item + static_cast<std::int64_t>(slots_.size());
    if (next < items_) start_item(s, next, now);
  }
  progress_.notify();
}

std::string Scoreboard::describe_blocked() const {
  std::string text;
  for (std::size_t u = 0; u < kUnitCount; ++u)
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      const Pick pick = pick_of(static_cast<Unit>(u), s, 0);
      if (pick.readiness == Readiness::kFinished) continue;
      for (std::uint32_t wait : program_.instructions[pick.instruction].waits)
        if (!slots_[s].posted[wait])
          text += fmt::format(
              "\n  {}: instruction {} of item {} waits for the token of instruction {} ({})",
              kUnitNames[u], pick.instruction, slots_[s].item, wait,
              kUnitNames[static_cast<std::size_t>(program_.instructions[wait].unit())]);
    }
  return text;
}

}  // namespace tricycle
