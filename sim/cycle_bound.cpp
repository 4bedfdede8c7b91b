// SPDX-License-Identifier: Apache-2.0
#include "sim/cycle_bound.h"

#include <algorithm>
#include <vector>

#include "sim/units/instruction_costs.h"
#include "sim/units/npu.h"

namespace tricycle {

namespace {

/// A transfer's window may shrink on the way to an open row: only its start is certain.
std::int64_t least_busy(const Instruction& in, const InstructionCost& cost) {
  return in.unit() == Unit::kDma ? cost.dram_ready : cost.busy;
}

}  // namespace

double least_cycles_per_item(const Program& program, const HwConfig& hw) {
  const std::vector<InstructionCost> costs = instruction_costs(program, hw);
  std::array<std::int64_t, kUnitCount> work{};
  std::vector<std::int64_t> visible;  // cycle an instruction's result can be used at the earliest
  std::int64_t path = 0;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const Instruction& in = program.instructions[i];
    const std::int64_t taken = hw.sequencer.issue_cycles + least_busy(in, costs[i]);
    work[static_cast<std::size_t>(in.unit())] += taken;
    std::int64_t start = 0;
    for (const std::uint32_t producer : in.waits) start = std::max(start, visible[producer]);
    path = std::max(path, start + taken);
    visible.push_back(start + taken + costs[i].pipeline);
  }
  double least =
      static_cast<double>(path) / static_cast<double>(hw.cores * items_in_flight(program, hw));
  for (std::size_t u = 0; u < work.size(); ++u)
    if (work[u] > 0)
      least =
          std::max(least, static_cast<double>(work[u]) /
                              static_cast<double>(hw.cores * servers_of(hw, static_cast<Unit>(u))));
  return least * static_cast<double>(kMeasuredRounds - 1) / static_cast<double>(kMeasuredRounds);
}

}  // namespace tricycle
