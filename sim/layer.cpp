// SPDX-License-Identifier: Apache-2.0
#include "sim/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/cost/cost.h"
#include "models/error.h"
#include "models/isa/lacking.h"
#include "models/run_result.h"
#include "models/timing/timing.h"
#include "reports/bottleneck.h"
#include "sim/lowering.h"
#include "sim/units/npu.h"

namespace tricycle {

namespace {

struct Measured {
  SimulationResult simulation;
  double cycles = 0;
};

Measured measure(const Program& program, const HwConfig& hw, std::int64_t items) {
  const SteadyWindow window(program, hw);
  const std::int64_t simulated = std::min(items, window.items());
  Measured m{simulate(program, hw, simulated, nullptr), 0};
  m.cycles = static_cast<double>(m.simulation.total_cycles - hw.sequencer.launch_cycles);
  if (simulated < items)
    m.cycles += static_cast<double>(items - simulated) *
                window.cycles_per_item(m.simulation.completion_cycles);
  return m;
}

/// What bounds a stage.  The latency of an item is a bound of its own only where others could hide
/// it: of a stage that is a single round, the most demanded resource bounds it if it is busy for
/// most.
std::string_view bound_by(const RunResult& r) {
  Bottleneck b = bottleneck(r);
  if (b.resource == Resource::kDependency && r.many.items <= r.in_flight) {
    auto bounds = lower_bound_cycles(r);
    bounds[static_cast<std::size_t>(Resource::kDependency)] = r.cycles_per_chunk / 2;
    b.resource =
        static_cast<Resource>(std::max_element(bounds.begin(), bounds.end()) - bounds.begin());
  }
  return kResourceNames[static_cast<std::size_t>(b.resource)];
}

void time_vectors(const HwConfig& hw, const Program& program) {
  for (const Instruction& in : program.instructions)
    if (in.unit() == Unit::kVector) vector_timing(hw, program, in);
}

/// Throws InputError with a line for every format and operation of the layer that the machine
/// lacks: not those of the first stage alone.
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

StageCycles stage_cycles(const HwConfig& hw, const std::string& name, const std::string& work,
                         const Program& program, std::int64_t items) {
  RunResult r;
  Measured m = measure(program, hw, items);
  r.many = std::move(m.simulation);
  r.alone = simulate(program, hw, 1, nullptr);
  r.launch_cycles = hw.sequencer.launch_cycles;
  r.in_flight = r.many.in_flight;
  r.cycles_per_chunk = m.cycles / static_cast<double>(items);
  StageCycles out{name, work, items, m.cycles, bound_by(r), {}};
  if (hw.cost_model.present)
    out.energy_pj =
        energy_pj(hw, program.format, activity(program, hw), static_cast<double>(items), m.cycles)
            .total()
            .nominal;
  return out;
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

LayerCycles layer_cycles(const HwConfig& hw, const Problem& problem, const LayerChoice& choice,
                         const std::vector<const Algorithm*>& algorithms,
                         const AlgorithmOptions& options, Format format) {
  check_needs(hw, problem, choice, algorithms, options, format);
  LayerCycles out;
  HwConfig solving = hw;
  if (choice.solve_in_flight > 0) solving.sequencer.in_flight = choice.solve_in_flight;
  for (const LayerStage& stage : layer_stages(hw, problem, choice)) {
    if (stage.name != kSolveStage) {
      out.others.push_back(stage_cycles(hw, stage.name, stage.work, stage.program, stage.items));
      continue;
    }
    out.solve_at = out.others.size();
    const int chunk = solve_size(static_cast<int>(problem.chunk), choice.form);
    for (const Algorithm* algorithm : algorithms) {
      const AlgorithmParameters parameters =
          resolve_parameters(*algorithm, chunk, taken_options(*algorithm, options));
      const Program program = lower_fastest(*algorithm, parameters, chunk, format, solving).program;
      out.inversions.push_back(
          {std::string(algorithm->name), to_text(*algorithm, parameters),
           stage_cycles(solving, stage.name, stage.work, program, stage.items)});
    }
  }
  return out;
}

}  // namespace tricycle
