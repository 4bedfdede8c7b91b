// SPDX-License-Identifier: Apache-2.0
#include "sim/units/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/isa/way.h"
#include "models/timing/timing.h"

namespace tricycle {

namespace {

constexpr std::int64_t kBlockedHead = std::numeric_limits<std::int64_t>::max() - 1;
constexpr std::int64_t kNoHead = std::numeric_limits<std::int64_t>::max();

}  // namespace

Scoreboard::Scoreboard(const Program& program, const HwConfig& hw, ItemPool& items,
                       std::size_t in_flight, sc_core::sc_event& progress)
    : program_(program),
      hw_(hw),
      items_(items),
      slots_(in_flight),
      item_(slots_.size()),
      progress_(progress) {
  token_latency_ = hw.sequencer.token_latency_cycles;
  for (std::size_t u = 0; u < kUnitCount; ++u) result_latency_[u] = kUnits[u].result_latency(hw);
  for (const Instruction& in : program.instructions) unit_.push_back(in.unit());
  if (has_exits(program)) {
    const std::vector<Way> ways =
        program.items.ways.empty() ? std::vector<Way>{longest_way(program)} : program.items.ways;
    for (const Way& way : ways) {
      const StraightProgram straight = along(program, way);
      flows_.push_back(make_flow(straight.program, straight.place));
    }
  } else {
    std::vector<std::uint32_t> all(program.instructions.size());
    std::iota(all.begin(), all.end(), 0U);
    flows_.push_back(make_flow(program, all));
  }
  for (auto& of_unit : head_visible_) of_unit.assign(slots_.size(), kNoHead);
  for (std::size_t s = 0; s < slots_.size(); ++s) ended_.push_back(s);
  start_items(0);
}

Scoreboard::Flow Scoreboard::make_flow(const Program& straight,
                                       const std::vector<std::uint32_t>& place) const {
  Flow flow;
  flow.initial.resize(unit_.size());
  flow.first.resize(unit_.size() + 1);
  flow.instructions = static_cast<std::int64_t>(place.size());
  for (std::size_t i = 0; i < place.size(); ++i) {
    const std::vector<std::uint32_t>& waits = straight.instructions[i].waits;
    flow.queue[static_cast<std::size_t>(unit_[place[i]])].push_back(place[i]);
    flow.initial[place[i]].missing = static_cast<std::uint32_t>(waits.size());
    for (const std::uint32_t wait : waits) ++flow.first[place[wait] + 1];
  }
  std::partial_sum(flow.first.begin(), flow.first.end(), flow.first.begin());
  flow.dependents.resize(flow.first.back());
  std::vector<std::uint32_t> next = flow.first;
  for (std::size_t i = 0; i < place.size(); ++i)
    for (const std::uint32_t wait : straight.instructions[i].waits) {
      const Unit unit = unit_[place[i]];
      // A unit forwards to itself: pipeline and token latency count only between units.
      const bool forwarded =
          unit_[place[wait]] == unit &&
          !awaits_sums(hw_, straight, straight.instructions[wait], straight.instructions[i]);
      flow.dependents[next[place[wait]]++] = {place[i], unit, forwarded};
    }
  return flow;
}

bool Scoreboard::start_items(std::int64_t now) {
  bool ran_out = false;
  for (std::size_t s : ended_)
    if (const auto item = items_.take(s)) {
      start_item(s, *item, now);
      ran_out = ran_out || items_.empty(s);
    }
  ended_.clear();
  return ran_out;
}

void Scoreboard::start_item(std::size_t s, std::int64_t item, std::int64_t now) {
  Slot& slot = slots_[s];
  item_[s] = item;
  slot.item_start = now;
  ++slot.items;
  const std::size_t way =
      flows_.size() == 1
          ? 0
          : program_.items.of_item[static_cast<std::size_t>(item) % program_.items.of_item.size()];
  slot.flow = &flows_[way];
  slot.head.fill(0);
  slot.tokens = slot.flow->initial;
  for (Tokens& t : slot.tokens) t.token = {Unit::kDma, 0, now, now, now};
  slot.posted.assign(program_.instructions.size(), false);
  slot.visible.assign(program_.instructions.size(), now);
  slot.remaining = slot.flow->instructions;
  for (std::size_t u = 0; u < kUnitCount; ++u) update_head(static_cast<Unit>(u), s);
}

void Scoreboard::update_head(Unit unit, std::size_t s) {
  const auto u = static_cast<std::size_t>(unit);
  const Slot& slot = slots_[s];
  std::int64_t& visible = head_visible_[u][s];
  ++changes_[u];
  const std::vector<std::uint32_t>& queue = slot.flow->queue[u];
  if (slot.head[u] >= queue.size()) {
    visible = kNoHead;
    return;
  }
  const Tokens& tokens = slot.tokens[queue[slot.head[u]]];
  visible = tokens.missing > 0 ? kBlockedHead : tokens.token.visible;
}

Pick Scoreboard::pick_of(Unit unit, std::size_t s, std::int64_t now) const {
  const auto u = static_cast<std::size_t>(unit);
  const std::int64_t visible = head_visible_[u][s];
  if (visible == kNoHead) return {};
  const Readiness readiness = visible == kBlockedHead ? Readiness::kBlocked
                              : visible <= now        ? Readiness::kReady
                                                      : Readiness::kLater;
  return {readiness, slots_[s].flow->queue[u][slots_[s].head[u]], s, visible};
}

/// The place of a slot's next instruction of the unit in the order that all units keep to in
/// program order: that of the slot's items, and within an item that of the program.  An instruction
/// waits only for earlier ones, so the first of all can always go on, whatever ways items take.
std::int64_t Scoreboard::order_of(Unit unit, std::size_t s) const {
  const auto u = static_cast<std::size_t>(unit);
  const Slot& slot = slots_[s];
  const auto size = static_cast<std::int64_t>(unit_.size());
  if (head_visible_[u][s] == kNoHead) return slot.items * size;  // its next item
  return (slot.items - 1) * size + slot.flow->queue[u][slot.head[u]];
}

Pick Scoreboard::next_in_program_order(Unit unit, std::int64_t now) const {
  // Round-robin: the slot that is least far, whether it is ready or not.
  const auto u = static_cast<std::size_t>(unit);
  std::size_t first = slots_.size();
  std::int64_t order = 0;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    if (head_visible_[u][s] == kNoHead && items_.empty(s)) continue;
    const std::int64_t of_slot = order_of(unit, s);
    if (first == slots_.size() || of_slot < order) {
      first = s;
      order = of_slot;
    }
  }
  if (first == slots_.size()) return {};
  Pick pick = pick_of(unit, first, now);
  if (pick.readiness == Readiness::kFinished)
    pick.readiness = Readiness::kBlocked;  // its next item has not started
  return pick;
}

Pick Scoreboard::next(Unit unit, std::int64_t now) const {
  const auto u = static_cast<std::size_t>(unit);
  if (slots_.empty()) return {};
  if (hw_.sequencer.dispatch == Dispatch::kProgramOrder) return next_in_program_order(unit, now);
  // Of the ready instructions take the one with the oldest item; else the one that is ready first.
  const std::vector<std::int64_t>& head_visible = head_visible_[u];
  std::size_t best = 0;
  std::int64_t best_visible = kNoHead, best_item = item_[0];
  for (std::size_t s = 0; s < head_visible.size(); ++s) {
    const std::int64_t visible = std::max(head_visible[s], now), item = item_[s];
    // Avoids branches: it cannot be predicted which slot is best.
    const bool better = static_cast<bool>(int{visible < best_visible} |
                                          (int{visible == best_visible} & int{item < best_item}));
    best = better ? s : best;
    best_visible = better ? visible : best_visible;
    best_item = better ? item : best_item;
  }
  return pick_of(unit, best, now);
}

void Scoreboard::take(const Pick& pick, std::int64_t now) {
  const Unit unit = unit_[pick.instruction];
  const auto u = static_cast<std::size_t>(unit);
  ++slots_[pick.slot].head[u];
  last_taken_[u] = now;
  update_head(unit, pick.slot);
}

void Scoreboard::post(const Dependent& dependent, std::size_t s, std::uint32_t instruction,
                      std::int64_t posted, std::int64_t arrived) {
  const Unit producer = unit_[instruction];
  const std::int64_t visible =
      arrived + (producer != dependent.unit ? token_latency_ : result_latency_[producer]);
  Slot& slot = slots_[s];
  Tokens& tokens = slot.tokens[dependent.instruction];
  --tokens.missing;
  // Where several tokens become visible at once, that of the youngest producer counts as the last.
  if (visible > tokens.token.visible ||
      (visible == tokens.token.visible && instruction >= tokens.token.instruction))
    tokens.token = {producer, instruction, posted, arrived, visible};
  const auto u = static_cast<std::size_t>(dependent.unit);
  if (tokens.missing == 0 && slot.flow->queue[u][slot.head[u]] == dependent.instruction)
    update_head(dependent.unit, s);
}

void Scoreboard::instruction_done(std::size_t s, std::uint32_t instruction, std::int64_t now) {
  Slot& slot = slots_[s];
  slot.posted[instruction] = true;
  if (--slot.remaining == 0) {
    completion_cycles_.push_back(now);
    ended_.push_back(s);
  }
  progressed_ = true;
}

void Scoreboard::complete(std::size_t slot, std::uint32_t instruction, std::int64_t now,
                          std::int64_t pipeline_cycles) {
  slots_[slot].visible[instruction] = now + pipeline_cycles + token_latency_;
  for_each_dependent(*slots_[slot].flow, instruction, [&](const Dependent& d) {
    post(d, slot, instruction, now, d.forwarded ? now : now + pipeline_cycles);
  });
  instruction_done(slot, instruction, now);
}

void Scoreboard::complete_ahead_of_result(std::size_t slot, std::uint32_t instruction,
                                          std::int64_t now) {
  for_each_dependent(*slots_[slot].flow, instruction, [&](const Dependent& d) {
    if (d.forwarded) post(d, slot, instruction, now, now);
  });
  instruction_done(slot, instruction, now);
  note_progress();
}

void Scoreboard::result_arrives(std::size_t slot, std::uint32_t instruction, std::int64_t posted,
                                std::int64_t arrived) {
  slots_[slot].visible[instruction] = arrived + token_latency_;
  for_each_dependent(*slots_[slot].flow, instruction, [&](const Dependent& d) {
    if (!d.forwarded) post(d, slot, instruction, posted, arrived);
  });
  note_progress();
}

std::string Scoreboard::describe_blocked(std::string_view who) const {
  std::string text;
  for (std::size_t u = 0; u < kUnitCount; ++u)
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      const Pick pick = pick_of(static_cast<Unit>(u), s, 0);
      if (pick.readiness == Readiness::kFinished) continue;
      for (std::uint32_t wait : program_.instructions[pick.instruction].waits)
        if (!slots_[s].posted[wait])
          text += fmt::format(
              "\n  {}{}: instruction {} of item {} waits for the token of instruction {} ({})", who,
              kUnits[u].name, pick.instruction, item_[s], wait,
              info(program_.instructions[wait].unit()).name);
    }
  return text;
}

}  // namespace tricycle
