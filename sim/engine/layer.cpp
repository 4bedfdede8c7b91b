// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "models/cost/cost.h"
#include "models/error.h"
#include "models/isa/lacking.h"
#include "models/run_result.h"
#include "models/timing/timing.h"
#include "reports/bottleneck.h"
#include "reports/invariants.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/lowering.h"
#include "sim/units/npu.h"

namespace tricycle {

namespace {

struct Measured {
  SimulationResult simulation;
  ItemBounds bounds;  // of an item
  double cycles = 0;
};

Measured measure(const Program& program, const HwConfig& hw, std::int64_t items) {
  const SteadyWindow window(program, hw);
  const std::int64_t simulated = std::min(items, window.items());
  Measured m{simulate(program, hw, simulated, nullptr), item_bounds(program, hw), 0};
  m.cycles = static_cast<double>(m.simulation.total_cycles - hw.sequencer.launch_cycles);
  if (simulated < items)
    m.cycles += static_cast<double>(items - simulated) *
                std::max(window.cycles_per_item(m.simulation.completion_cycles), m.bounds.least());
  return m;
}

/// What bounds a stage, in cycles of all its items.  The latency of an item counts as a bound only
/// where other items could hide it.  In a stage of a single round, the most demanded resource is
/// the bound if it is busy for most of the time.
struct StageBound {
  Resource resource;
  double cycles;
};
StageBound bound_of(const Measured& m, std::int64_t items, std::int64_t in_flight) {
  ResourceCycles bounds = m.bounds.cycles;
  for (double& cycles : bounds) cycles *= static_cast<double>(items);
  const auto dependency = static_cast<std::size_t>(Resource::kDependency);
  // Some slot has as many items, one after the other, as there are rounds.
  const std::int64_t rounds = (items + in_flight - 1) / in_flight;
  bounds[dependency] = static_cast<double>(rounds * m.bounds.latency_cycles);
  // A bank's bound is a mean over the slots; fewer items need not reach that mean.
  if (items < in_flight) bounds[Resource::kScratchpad] = 0;
  const auto largest = [&] { return std::max_element(bounds.begin(), bounds.end()); };
  auto chosen = largest();
  if (chosen == bounds.begin() + dependency && items <= in_flight) {
    const double latency = std::exchange(bounds[dependency], m.cycles / 2);
    chosen = largest();
    bounds[dependency] = latency;
  }
  return {static_cast<Resource>(chosen - bounds.begin()), *chosen};
}

void time_vectors(const HwConfig& hw, const Program& program) {
  for (const Instruction& in : program.instructions)
    if (in.unit() == Unit::kVector) vector_timing(hw, program, in);
}

/// Throws InputError with a line for every format and operation of the layer that the machine
/// lacks, in all stages and not only in the first.
void check_needs(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                 const std::vector<const Algorithm*>& algorithms, const AlgorithmOptions& options,
                 Format format) {
  const auto make = [&](const HwConfig& machine) {
    for (const LayerStage& stage : layer_stages(machine, problem, choice)) {
      time_vectors(machine, stage.program);
      if (stage.name != kSolveStage) continue;
      const int chunk = solve_size(static_cast<int>(problem.chunk), choice.form);
      for (const Algorithm* algorithm : algorithms)
        time_vectors(machine, lower(*algorithm,
                                    resolve_parameters(*algorithm, chunk,
                                                       taken_options(*algorithm, options)),
                                    chunk, format, machine));
    }
  };
  std::vector<std::string> faults;
  for (const LackingError::What& what : lacking(hw, make)) {
    if (const Format* missing = std::get_if<Format>(&what))
      faults.push_back(
          fmt::format("{}: the machine has no format {}, which this layer needs; add formats.{} "
                      "(docs/layer.md: which options need which)",
                      hw.name, name(*missing), name(*missing)));
    if (const VectorOp* missing = std::get_if<VectorOp>(&what))
      faults.push_back(
          fmt::format("{}: the vector unit has no {}, which this layer needs; add "
                      "vector_unit.operations.{}",
                      hw.name, info(*missing).name, info(*missing).name));
  }
  throw_if_any(std::move(faults));
}

StageCycles stage_cycles(const HwConfig& hw, const LayerStage& stage) {
  const Measured m = measure(stage.program, hw, stage.items);
  const StageBound bound = bound_of(m, stage.items, hw.cores * items_in_flight(stage.program, hw));
  check_part(fmt::format("the bound of stage {}", stage.name), bound.cycles, m.cycles);
  StageCycles out{.name = stage.name,
                  .work = stage.work,
                  .items = stage.items,
                  .cycles = m.cycles,
                  .bound_by = kResources[static_cast<std::size_t>(bound.resource)].name,
                  .bound_cycles = bound.cycles,
                  .gap = std::max(0.0, m.cycles / bound.cycles - 1),
                  .gap_cause = "",
                  .energy_pj = {}};
  if (hw.cost_model.present)
    out.energy_pj = energy_pj(hw, stage.program.format, activity(stage.program, hw),
                              static_cast<double>(stage.items), m.cycles)
                        .total()
                        .nominal;
  if (out.gap > kNotableGap) out.gap_cause = waits_of(bound.resource, m.simulation.units);
  return out;
}

/// A key of the machine that may be too small for a lowering or a unit, made four times as large.
struct Larger {
  std::string_view key;
  void (*change)(HwConfig&);
};
constexpr std::int64_t kTimes = 4;
constexpr std::size_t kMemories = 2;  // so many entries, the first ones, are memories
constexpr std::array<Larger, 5> kLarger{
    {{"accumulator_memory.size", [](HwConfig& hw) { hw.accumulator_bytes *= kTimes; }},
     {"scratchpad.size", [](HwConfig& hw) { hw.scratchpad.size_bytes *= kTimes; }},
     {"sequencer.in_flight", [](HwConfig& hw) { hw.sequencer.in_flight *= kTimes; }},
     {"dma.requests_in_flight", [](HwConfig& hw) { hw.dma.requests_in_flight *= kTimes; }},
     {"dma.queues", [](HwConfig& hw) { hw.dma.queues *= kTimes; }}}};

/// Cycles of a stage on a machine that has more of one thing; nothing where it has no such stage.
using CyclesOn = std::function<std::optional<double>(std::size_t larger)>;

/// Finds by simulation the key that would save the most cycles, and adds it.  Where the gap is
/// notable, the key must save a quarter of the gap.  Otherwise it must be a memory that saves a
/// tenth of the cycles, since a memory's size is why operands are loaded repeatedly.
void add_remedy(const CyclesOn& cycles_on, StageCycles& stage) {
  const bool has_gap = stage.gap > kNotableGap;
  double best =
      stage.cycles - (has_gap ? (stage.cycles - stage.bound_cycles) / 4 : stage.cycles / 10);
  std::string remedy;
  for (std::size_t i = 0; i < (has_gap ? kLarger.size() : kMemories); ++i) {
    const std::optional<double> cycles = cycles_on(i);
    if (!cycles || *cycles >= best) continue;
    best = *cycles;
    remedy = fmt::format("with {} times {} {:.0f} instead of {:.0f} cycles", kTimes, kLarger[i].key,
                         best, stage.cycles);
  }
  if (!remedy.empty()) stage.gap_cause += (stage.gap_cause.empty() ? "" : "; ") + remedy;
}

}  // namespace

double cycles_of_items(const Program& program, const HwConfig& hw, std::int64_t items) {
  return measure(program, hw, items).cycles;
}

std::optional<double> LayerCycles::energy_pj(const Inversion* inversion) const {
  std::optional<double> sum;
  const auto add = [&](const StageCycles& stage) {
    if (stage.energy_pj) sum = sum.value_or(0) + *stage.energy_pj;
  };
  for (const StageCycles& stage : others) add(stage);
  if (inversion != nullptr) add(inversion->stage);
  return sum;
}

void check_inversion(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                     const Algorithm& algorithm, const AlgorithmOptions& options, Format format) {
  const int chunk = solve_size(static_cast<int>(problem.chunk), choice.form);
  time_vectors(
      hw, lower(algorithm, resolve_parameters(algorithm, chunk, taken_options(algorithm, options)),
                chunk, format, hw));
}

double LayerCycles::other_cycles() const {
  double sum = 0;
  for (const StageCycles& stage : others) sum += stage.cycles;
  return sum;
}

namespace {

/// Simulates a layer on a machine.  Where stages lose much, also simulates machines that have more
/// of one thing.
class LayerSimulation {
 public:
  LayerSimulation(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                  const AlgorithmOptions& options, Format format)
      : hw_(hw), problem_(problem), choice_(choice), options_(options), format_(format) {}

  LayerCycles run(const std::vector<const Algorithm*>& algorithms) {
    LayerCycles out;
    const std::vector<LayerStage> stages = layer_stages(hw_, problem_, choice_);
    for (const LayerStage& stage : stages) {
      if (stage.name != kSolveStage) {
        out.others.push_back(stage_cycles(hw_, stage));
        continue;
      }
      out.solve_at = out.others.size();
      for (const Algorithm* algorithm : algorithms)
        out.inversions.push_back({std::string(algorithm->name),
                                  to_text(*algorithm, parameters(*algorithm)),
                                  stage_cycles(solving(hw_), solve(hw_, *algorithm, stage))});
    }
    explain(algorithms, out);
    return out;
  }

 private:
  HwConfig solving(HwConfig hw) const {
    if (choice_.solve_in_flight > 0) hw.sequencer.in_flight = choice_.solve_in_flight;
    return hw;
  }
  int chunk() const { return solve_size(static_cast<int>(problem_.chunk), choice_.form); }
  AlgorithmParameters parameters(const Algorithm& algorithm) const {
    return resolve_parameters(algorithm, chunk(), taken_options(algorithm, options_));
  }
  LayerStage solve(const HwConfig& hw, const Algorithm& algorithm, LayerStage stage) const {
    stage.program =
        lower_fastest(algorithm, parameters(algorithm), chunk(), format_, solving(hw)).program;
    return stage;
  }
  const HwConfig& larger(std::size_t i) {
    if (!larger_[i]) {
      larger_[i] = hw_;
      kLarger[i].change(*larger_[i]);
    }
    return *larger_[i];
  }
  const std::vector<LayerStage>& stages_on_larger(std::size_t i) {
    if (!stages_[i]) stages_[i] = layer_stages(larger(i), problem_, choice_);
    return *stages_[i];
  }

  /// Names what would help the stages that are a large part of the layer.
  void explain(const std::vector<const Algorithm*>& algorithms, LayerCycles& out) {
    constexpr double kLargePart = 0.02;
    double total = out.other_cycles();
    if (!out.inversions.empty()) total += out.inversions.front().stage.cycles;
    const auto is_worth_it = [&](const StageCycles& s) { return s.cycles > kLargePart * total; };
    for (StageCycles& stage : out.others)
      if (is_worth_it(stage))
        add_remedy([&](std::size_t i) { return cycles_on_larger(i, stage.name); }, stage);
    for (std::size_t a = 0; a < out.inversions.size(); ++a)
      if (StageCycles& stage = out.inversions[a].stage; is_worth_it(stage))
        add_remedy([&](std::size_t i) { return solve_cycles_on_larger(i, *algorithms[a], stage); },
                   stage);
  }
  std::optional<double> cycles_on_larger(std::size_t i, const std::string& name) {
    for (const LayerStage& stage : stages_on_larger(i))
      if (stage.name == name) return measure(stage.program, larger(i), stage.items).cycles;
    return std::nullopt;
  }
  std::optional<double> solve_cycles_on_larger(std::size_t i, const Algorithm& algorithm,
                                               const StageCycles& stage) {
    const HwConfig hw = solving(larger(i));
    if (hw.sequencer.in_flight != larger(i).sequencer.in_flight) return std::nullopt;
    const LayerStage more = solve(larger(i), algorithm, {stage.name, stage.work, {}, stage.items});
    return measure(more.program, hw, more.items).cycles;
  }

  const HwConfig& hw_;
  const Problem& problem_;
  const LayerChoice& choice_;
  const AlgorithmOptions& options_;
  Format format_;
  std::array<std::optional<HwConfig>, kLarger.size()> larger_;
  std::array<std::optional<std::vector<LayerStage>>, kLarger.size()> stages_;
};

}  // namespace

LayerCycles layer_cycles(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                         const std::vector<const Algorithm*>& algorithms,
                         const AlgorithmOptions& options, Format format) {
  check_needs(hw, problem, choice, algorithms, options, format);
  return LayerSimulation(hw, problem, choice, options, format).run(algorithms);
}

}  // namespace tricycle
