// SPDX-License-Identifier: Apache-2.0
#include "reports/chunk_phases.h"

#include <algorithm>
#include <array>
#include <map>

namespace tricycle {

namespace {

class Phases {
 public:
  void add(std::int64_t begin, std::int64_t end, std::uint32_t kinds, std::string_view waits_for) {
    if (begin >= end) return;
    if (!phases_.empty() && phases_.back().kinds == kinds && phases_.back().waits_for == waits_for)
      phases_.back().end = end;
    else
      phases_.push_back({begin, end, kinds, waits_for});
  }
  /// Adds the reasons why nothing ran from `at` until `next` began, in the order in which they
  /// applied.
  void add_wait(std::int64_t at, const Execution& next, std::int64_t launch_cycles) {
    const auto until = [&](std::int64_t cycle, std::string_view what) {
      const std::int64_t stop = std::clamp(cycle, at, next.begin);
      add(at, stop, 0, what);
      at = stop;
    };
    until(launch_cycles, "launch");
    until(next.token.arrived, "drain");
    until(next.token.visible, "token");
    until(next.started, "queued");
    until(next.begin, "held");
  }
  std::vector<Phase> take() { return std::move(phases_); }

 private:
  std::vector<Phase> phases_;
};

}  // namespace

std::string phase_name(const Phase& phase) {
  if (phase.kinds == 0) return std::string(phase.waits_for);
  std::string text;
  for (std::size_t op = 0; op < kOpcodeCount; ++op)
    if ((phase.kinds >> op & 1) != 0)
      text += (text.empty() ? "" : " + ") + std::string(kOpcodes[op].name);
  return text;
}

std::vector<std::vector<Execution>> executions_by_item(const RunTrace& trace) {
  std::vector<std::vector<Execution>> of(trace.items.size());
  for (const Execution& e : trace.executions) of[static_cast<std::size_t>(e.item)].push_back(e);
  for (auto& executions : of)
    std::stable_sort(executions.begin(), executions.end(),
                     [](const Execution& a, const Execution& b) { return a.begin < b.begin; });
  return of;
}

std::vector<Phase> chunk_phases(const ItemSpan& item, const std::vector<Execution>& executions,
                                const Program& program, std::int64_t launch_cycles) {
  // By cycle: how many instructions of each kind begin, minus how many end.
  std::map<std::int64_t, std::array<std::int32_t, kOpcodeCount>> changes;
  for (const Execution& e : executions) {
    const auto kind = program.instructions[e.instruction].opcode();
    ++changes[e.begin][kind];
    --changes[e.end][kind];
  }
  Phases phases;
  std::array<std::int32_t, kOpcodeCount> running{};
  std::int64_t at = item.begin;
  auto next = executions.begin();
  for (const auto& [cycle, change] : changes) {
    std::uint32_t kinds = 0;
    for (std::size_t kind = 0; kind < kOpcodeCount; ++kind)
      if (running[kind] > 0) kinds |= 1U << kind;
    while (next != executions.end() && next->begin < cycle) ++next;
    if (kinds != 0)
      phases.add(at, cycle, kinds, "");
    else if (next != executions.end())
      phases.add_wait(at, *next, launch_cycles);
    at = cycle;
    for (std::size_t kind = 0; kind < kOpcodeCount; ++kind) running[kind] += change[kind];
  }
  return phases.take();
}

}  // namespace tricycle
