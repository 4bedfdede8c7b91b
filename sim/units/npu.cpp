// SPDX-License-Identifier: Apache-2.0
#include "sim/units/npu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/error.h"
#include "models/semantics/ways.h"
#include "models/timing/instruction_timing.h"
#include "models/timing/timing.h"
#include "reports/invariants.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/kernel_scope.h"
#include "sim/units/core.h"
#include "sim/units/dispatch_loop.h"
#include "sim/units/solve_array.h"

namespace tricycle {

namespace {

/// The array register by register steps with the rest of the machine.
void check_fidelity(const HwConfig& hw, Fidelity fidelity) {
  if (fidelity != Fidelity::kPe || !in_own_domain(hw, hw.systolic_array.clock_ghz)) return;
  throw InputError(
      fmt::format("fidelity pe: systolic_array.clock is {} GHz and clock {} GHz, expected the "
                  "same; use fidelity "
                  "tile, or leave systolic_array.clock out",
                  hw.systolic_array.clock_ghz, hw.clock_ghz));
}

/// Adds the work that the program does for all items, which does not depend on time.
void add_work(const Program& program, const std::vector<InstructionTiming>& timings,
              std::int64_t items, SimulationResult& result) {
  std::vector<std::int64_t> times(timings.size());  // that each instruction is executed
  for (const WeightedWay& way : weighted_ways(program, items))
    for (const std::uint32_t i : executed(program, way.way)) times[i] += way.items;
  for (std::size_t i = 0; i < timings.size(); ++i) {
    const Instruction& in = program.instructions[i];
    result.dram_bytes += times[i] * timings[i].transfer.bytes;
    const auto* product = in.as<Matmul>();
    if (product == nullptr) continue;
    result.macs += times[i] * product->macs();
    result.useful_macs += times[i] * product->useful_macs;
    result.mapped_cycles += static_cast<double>(times[i] * timings[i].busy) * timings[i].mapped;
  }
}

std::vector<InstructionTiming> timings_of(const Program& program, const HwConfig& hw,
                                          Fidelity fidelity) {
  std::vector<InstructionTiming> timings = instruction_timings(program, hw);
  if (fidelity == Fidelity::kPe) step_solves(program, hw, timings);
  return timings;
}

/// Makes the cores.  Each has work for `slots` slots, or fewer where there are fewer items.
std::vector<std::unique_ptr<Core>> make_cores(const MachineParts& machine, std::int64_t slots) {
  std::vector<std::unique_ptr<Core>> cores;
  const std::int64_t count = machine.hw.cores, items = machine.items.items();
  for (std::int64_t c = 0; c < count; ++c) {
    const std::int64_t share = (items - c + count - 1) / count;
    cores.push_back(std::make_unique<Core>(
        static_cast<std::int32_t>(c),
        static_cast<std::size_t>(std::clamp<std::int64_t>(share, 0, slots)), machine));
  }
  return cores;
}

void throw_if_stuck(const std::vector<std::unique_ptr<Core>>& cores, const HwConfig& hw,
                    std::int64_t items) {
  std::size_t completed = 0;
  for (const auto& core : cores) completed += core->scoreboard().completion_cycles().size();
  if (static_cast<std::int64_t>(completed) == items) return;
  std::string blocked;
  for (std::size_t c = 0; c < cores.size(); ++c)
    blocked +=
        cores[c]->scoreboard().describe_blocked(cores.size() > 1 ? fmt::format("core{} ", c) : "");
  throw RunError(fmt::format("{}: nothing moves any more after {} of {} items:{}", hw.name,
                             completed, items, blocked));
}

void check_ways(const std::vector<std::unique_ptr<Core>>& cores) {
  for (const auto& core : cores)
    if (const auto& wrong = core->values().contradiction())
      throw InternalError(
          fmt::format("item {}: its values decide the exit {} otherwise than Program::items says",
                      wrong->item, wrong->exit));
}

/// The completion cycles of the items of all cores, ascending.
std::vector<std::int64_t> completion_cycles(const std::vector<std::unique_ptr<Core>>& cores) {
  std::vector<std::int64_t> all;
  for (const auto& core : cores) {
    const std::vector<std::int64_t>& of = core->scoreboard().completion_cycles();
    all.insert(all.end(), of.begin(), of.end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// Adds what depends on time: completions, and where the cycles of every unit went.
void add_time(const std::vector<std::unique_ptr<Core>>& cores, SimulationResult& result) {
  result.completion_cycles = completion_cycles(cores);
  for (const auto& core : cores)
    result.in_flight += static_cast<std::int64_t>(core->scoreboard().slot_count());
  result.total_cycles = result.completion_cycles.back();
  for (UnitCycles& unit : result.units) unit.servers = 0;
  for (const auto& core : cores) core->account_until(result.total_cycles, result.units);
  for (const auto& core : cores) result.operand_load_cycles += core->operand_cycles();
  for (const UnitCycles& unit : result.units)
    if (unit.busy + unit.stalled_total() + unit.idle != unit.servers * result.total_cycles)
      throw InternalError("busy + stalled + idle is not the total of a unit");
}

/// A machine with items for `slots` slots a core, in a SystemC kernel of its own.
struct Machine {
  std::vector<InstructionTiming> timings;
  KernelScope kernel;
  sc_core::sc_event progress;
  ItemPool pool;
  Dram dram;
  std::vector<std::unique_ptr<Core>> cores;
  DispatchLoop loop;

  Machine(const Program& program, const HwConfig& hw, std::int64_t items, std::int64_t slots,
          const ItemIo* io, Fidelity fidelity, RunObserver* observer, const StopRule& stop)
      : timings(timings_of(program, hw, fidelity)),
        pool(items, hw.cores, slots, program.items.ways.size() > 1),
        dram(hw, program.footprint_bytes(Space::kDram, hw)),
        cores(make_cores({program, hw, timings, pool, dram, progress, io, fidelity, observer},
                         slots)),
        loop("sequencer", cores, progress, hw.sequencer.launch_cycles, stop) {}
};

}  // namespace

SimulationResult simulate(const Program& program, const HwConfig& hw, std::int64_t items,
                          const ItemIo* io, Fidelity fidelity, RunObserver* observer) {
  if (io != nullptr && has_exits(program) && program.items.ways.empty()) {
    Program of_items = program;
    of_items.items = ways_of(hw, program, items, io->load);
    return simulate(of_items, hw, items, io, fidelity, observer);
  }
  check_fidelity(hw, fidelity);
  const std::int64_t slots =
      std::min((items + hw.cores - 1) / hw.cores, items_in_flight(program, hw));
  const Machine machine(program, hw, items, slots, io, fidelity, observer, {});
  sc_core::sc_start();
  throw_if_stuck(machine.cores, hw, items);
  check_ways(machine.cores);

  SimulationResult result;
  result.items = items;
  result.cores = hw.cores;
  add_time(machine.cores, result);
  add_work(program, machine.timings, items, result);
  check_figures(hw, result, item_bounds(program, hw, machine.timings, items).cycles,
                cycles_at_peak(hw, program, items));
  return result;
}

double cycles_alone(const Program& program, const HwConfig& hw) {
  return static_cast<double>(simulate(program, hw, 1, nullptr).total_cycles -
                             hw.sequencer.launch_cycles);
}

SteadyWindow::SteadyWindow(const Program& program, const HwConfig& hw)
    : slots_(hw.cores * items_in_flight(program, hw)) {
  constexpr std::int64_t kFewSlots = 1024, kMeasured = 10;
  const bool few = slots_ <= kFewSlots;
  fill_ = few ? 4 : 2;
  drain_ = few ? 2 : 1;
  measured_ = slots_ * std::clamp<std::int64_t>(kMeasured * kFewSlots / slots_, 2, kMeasured);
  const std::int64_t whole = period(program);
  measured_ = (measured_ + whole - 1) / whole * whole;
}

std::int64_t SteadyWindow::items() const { return end() + drain_ * slots_; }

double SteadyWindow::cycles_per_item(const std::vector<std::int64_t>& completions) const {
  const auto completed = [&](std::int64_t items) {
    return completions[static_cast<std::size_t>(items - 1)];
  };
  return static_cast<double>(completed(end()) - completed(begin())) /
         static_cast<double>(measured_);
}

WindowRun run_window(const Program& program, const HwConfig& hw, double most) {
  const SteadyWindow window(program, hw);
  StopRule stop;
  stop.items = window.end();
  // Quotients are rounded.  With one cycle more, a run that stops certainly takes more than `most`.
  const double most_cycles = std::ceil(most * static_cast<double>(window.end() - window.begin()));
  constexpr std::int64_t kFarOff = StopRule::kNever / 2;
  if (most_cycles < static_cast<double>(kFarOff)) {
    stop.from = window.begin();
    stop.most_cycles = static_cast<std::int64_t>(most_cycles) + 1;
  }
  const Machine machine(program, hw, window.items(), items_in_flight(program, hw), nullptr,
                        Fidelity::kTile, nullptr, stop);
  sc_core::sc_start();
  const std::vector<std::int64_t> completions = completion_cycles(machine.cores);
  const auto completed = static_cast<std::int64_t>(completions.size());
  if (completed < window.end()) {
    if (!machine.loop.has_stopped()) throw_if_stuck(machine.cores, hw, window.items());
    return {std::numeric_limits<double>::infinity(), {}};
  }
  WindowRun run{window.cycles_per_item(completions), {}};
  for (UnitCycles& unit : run.units) unit.servers = 0;
  for (const auto& core : machine.cores) core->account_until(completions.back(), run.units);
  return run;
}

}  // namespace tricycle
