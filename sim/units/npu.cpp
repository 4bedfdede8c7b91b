// SPDX-License-Identifier: Apache-2.0
#include "sim/units/npu.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <systemc>

#include "models/error.h"
#include "sim/kernel_scope.h"
#include "sim/units/instruction_costs.h"
#include "sim/units/scoreboard.h"
#include "sim/units/scratchpad.h"
#include "sim/units/sequencer.h"
#include "sim/units/unit_server.h"

namespace tricycle {

namespace {

std::int64_t servers_of(const HwConfig& hw, Unit unit) {
  switch (unit) {
    case Unit::kMatrix: return 1;
    case Unit::kVector: return hw.vector_unit.units;
    case Unit::kDma: return hw.dma.queues;
  }
  return 0;
}

bool has_products(const Program& program) {
  return std::any_of(program.instructions.begin(), program.instructions.end(),
                     [](const Instruction& in) { return in.opcode == Opcode::kMatmul; });
}

/// The array register by register steps with the rest of the machine.
void check_fidelity(const HwConfig& hw, Fidelity fidelity) {
  if (fidelity != Fidelity::kPe || !in_own_domain(hw, hw.systolic_array.clock_ghz)) return;
  throw InputError(
      fmt::format("fidelity pe: systolic_array.clock is {} GHz and clock {} GHz, expected the "
                  "same; use fidelity "
                  "tile, or leave systolic_array.clock out",
                  hw.systolic_array.clock_ghz, hw.clock_ghz));
}

/// What does not depend on time: work done by the program, all items together.
void add_work(const Program& program, const std::vector<InstructionCost>& costs, std::int64_t items,
              SimulationResult& result) {
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const Instruction& in = program.instructions[i];
    result.dram_bytes += items * costs[i].transfer.bytes;
    result.dram_channel_cycles += items * costs[i].transfer.channel_cycles;
    for (std::size_t p = 0; p < kPathCount; ++p)
      result.path_cycles[p] += items * costs[i].vector.paths[p].channel_cycles;
    if (in.opcode != Opcode::kMatmul) continue;
    result.macs += items * in.macs();
    result.useful_macs += items * in.useful_macs;
    result.mapped_cycles += static_cast<double>(items * costs[i].busy) * costs[i].mapped;
  }
}

}  // namespace

SimulationResult simulate(const Program& program, const HwConfig& hw, std::int64_t items,
                          const ItemIo* io, Fidelity fidelity, RunObserver* observer) {
  check_fidelity(hw, fidelity);
  const std::int64_t slots = std::min(items, items_in_flight(program, hw));
  const std::vector<InstructionCost> costs = instruction_costs(program, hw);
  const KernelScope kernel;
  Scoreboard scoreboard(program, hw, items, slots);
  Scratchpad scratchpad(hw, program, static_cast<std::size_t>(slots));
  Paths paths;
  Dram dram(hw, program.footprint_bytes(Space::kDram, hw));
  SlotValues values(program, hw, io, static_cast<std::size_t>(slots));
  const std::unique_ptr<PeUnit> pe = fidelity == Fidelity::kPe && has_products(program)
                                         ? make_pe_unit(program, hw, scoreboard, values)
                                         : nullptr;
  const Npu npu{program, hw,   costs,  scoreboard, scratchpad,
                paths,   dram, values, pe.get(),   observer};
  std::vector<std::unique_ptr<UnitServer>> servers;
  for (int u = 0; u < kUnitCount; ++u)
    for (std::int64_t s = 0; s < servers_of(hw, static_cast<Unit>(u)); ++s)
      servers.push_back(std::make_unique<UnitServer>(
          fmt::format("{}{}", kUnitNames[u], s).c_str(),
          ServerId{static_cast<Unit>(u), static_cast<std::int32_t>(s)}, npu));
  const Sequencer sequencer("sequencer", scoreboard, servers, hw.sequencer.launch_cycles);
  sc_core::sc_start();
  if (!scoreboard.finished())
    throw RunError(fmt::format("{}: nothing moves any more after {} of {} items:{}", hw.name,
                               scoreboard.completed_items(), items, scoreboard.describe_blocked()));

  SimulationResult result;
  result.items = items;
  result.in_flight = slots;
  result.total_cycles = scoreboard.completion_cycles().back();
  result.completion_cycles = scoreboard.completion_cycles();
  for (int u = 0; u < kUnitCount; ++u) result.units[static_cast<std::size_t>(u)].servers = 0;
  for (const auto& server : servers) {
    UnitCycles& unit = result.units[static_cast<std::size_t>(server->unit())];
    const UnitCycles cycles = server->account_until(result.total_cycles);
    ++unit.servers;
    unit.busy += cycles.busy;
    unit.idle += cycles.idle;
    for (std::size_t c = 0; c < kStallCauseCount; ++c) unit.stalled[c] += cycles.stalled[c];
  }
  for (const UnitCycles& unit : result.units)
    if (unit.busy + unit.stalled_total() + unit.idle != unit.servers * result.total_cycles)
      throw RunError("internal: busy + stalled + idle is not the total of a unit");
  add_work(program, costs, items, result);
  result.bank_cycles_per_item = scratchpad.bank_cycles_per_item();
  return result;
}

double steady_cycles_per_item(const Program& program, const HwConfig& hw) {
  constexpr std::int64_t kFill = 4, kMeasured = 10, kDrain = 2;
  const std::int64_t slots = items_in_flight(program, hw);
  const SimulationResult r = simulate(program, hw, (kFill + kMeasured + kDrain) * slots, nullptr);
  const auto completed = [&](std::int64_t rounds) {
    return r.completion_cycles[static_cast<std::size_t>(rounds * slots - 1)];
  };
  return static_cast<double>(completed(kFill + kMeasured) - completed(kFill)) /
         static_cast<double>(kMeasured * slots);
}

}  // namespace tricycle
