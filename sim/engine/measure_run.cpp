// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/measure_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/isa/program_text.h"
#include "models/isa/way.h"
#include "reports/invariants.h"
#include "sim/engine/critical_path.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/trace_recorder.h"
#include "sim/host/version.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

/// Energy and area of a result that has all of its counts and times.
RunCost run_cost(const HwConfig& hw, const RunResult& r) {
  RunCost c;
  const auto items = static_cast<double>(r.many.items);
  const auto cycles = static_cast<double>(r.many.total_cycles);
  c.run = energy_pj(hw, r.format, r.activity, items, cycles);
  c.chunk = energy_pj(hw, r.format, r.activity, 1, r.cycles_per_chunk);
  c.area = area_mm2(hw);
  c.run_ns = cycles / hw.clock_ghz;
  c.chunk_ns = r.cycles_per_chunk / hw.clock_ghz;
  c.operations_per_chunk =
      2 * static_cast<double>(r.activity.macs + r.activity.row_step_macs + r.activity.solve_macs);
  return c;
}

/// Of the format that the program's products multiply fastest; of its own, where it has none.
double peak_macs_per_cycle(const Program& program, const HwConfig& hw) {
  double peak = 0;
  for (const Instruction& in : program.instructions)
    if (const auto* product = in.as<Matmul>())
      peak = std::max(peak, hw.peak_macs_per_cycle(program.buffer(product->a).format));
  return peak > 0 ? peak : hw.peak_macs_per_cycle(program.format);
}

/// What prevents more items from being in flight on a core.
std::string in_flight_limit(const Program& program, const HwConfig& hw) {
  if (program.most_in_flight > 0) return "fastest";
  const auto is_full = [&](Space space, std::int64_t capacity) {
    const std::int64_t bytes = program.footprint_bytes(space, hw);
    return bytes > 0 && capacity / bytes < hw.sequencer.in_flight;
  };
  const std::int64_t accumulators = program.footprint_bytes(Space::kAccumulator, hw),
                     scratchpad = program.footprint_bytes(Space::kScratchpad, hw);
  const bool accumulators_first =
      accumulators > 0 && (scratchpad == 0 || hw.accumulator_bytes / accumulators <=
                                                  hw.scratchpad.size_bytes / scratchpad);
  if (accumulators_first && is_full(Space::kAccumulator, hw.accumulator_bytes))
    return "accumulator_memory.size";
  return is_full(Space::kScratchpad, hw.scratchpad.size_bytes) ? "scratchpad.size"
                                                               : "sequencer.in_flight";
}

/// Of any way that an item takes.
std::int64_t most_products(const Program& program) {
  std::int64_t most = 0;
  for (const WeightedWay& way : weighted_ways(program))
    most = std::max(most, products_on(program, way.way));
  return most;
}

}  // namespace

RunResult measure_run(const RunCase& c, const TimedProgram& lowered, const ItemIo* io,
                      RunTrace* trace) {
  const HwConfig& hw = c.hw;
  const Program& program = lowered.program;
  RunResult r;
  r.launch_cycles = hw.sequencer.launch_cycles;
  if (trace != nullptr) {
    trace->program = program;
    TraceRecorder recorder(*trace);
    r.many = simulate(program, hw, c.items, io, c.fidelity, &recorder);
  } else {
    r.many = simulate(program, hw, c.items, io, c.fidelity);
  }
  r.in_flight = hw.cores * items_in_flight(program, hw);
  r.in_flight_limit = in_flight_limit(program, hw);
  r.steady = lowered.steady;
  r.cycles_per_chunk = lowered.cycles_per_item;
  r.cut = lowered.cut;
  r.shortest_latency_cycles = lowered.shortest_latency_cycles;
  r.shortest_latency_cut = lowered.shortest_latency_cut;
  RunTrace alone{.item_limit = 1,
                 .program = slowest_alone(program, hw),
                 .executions = {},
                 .stalls = {},
                 .items = {}};
  TraceRecorder recorder(alone);
  r.alone = simulate(alone.program, hw, 1, nullptr, c.fidelity, &recorder);
  r.critical_path = critical_path(alone, r.launch_cycles);
  r.activity = activity(program, hw);

  r.version = kVersion;
  r.machine = hw.name;
  r.problem = c.problem;
  r.machine_digest = c.digests.machine;
  r.problem_digest = c.digests.problem;
  r.input_digest = c.input_digest;
  r.input_note = c.input_note;
  r.seed = c.seed;
  r.algorithm = c.algorithm;
  r.parameters = c.parameters;
  r.accumulation = accumulation_text(hw, program.format, lowered.linear_terms);
  r.format = program.format;
  r.fidelity = c.fidelity;
  r.chunk = c.chunk;
  r.clock_ghz = hw.clock_ghz;
  r.peak_macs_per_cycle = static_cast<double>(hw.cores) * peak_macs_per_cycle(program, hw);
  r.has_exits = has_exits(program);
  r.matmul_count = most_products(program);
  r.mean_products = mean_products(program);
  r.instructions = static_cast<std::int64_t>(alone.program.instructions.size());
  r.scratchpad_peak_bytes = r.many.in_flight * program.footprint_bytes(Space::kScratchpad, hw);
  if (hw.cost_model.present) {
    r.cost = run_cost(hw, r);
    r.cost->tables_digest = c.digests.cost_tables;
  }
  check_figures(hw, r);
  return r;
}

TimedProgram as_written(const Program& program, const HwConfig& hw) {
  return best_cut({{program, "as written", linear_terms_on(hw, program.format).front()}}, hw);
}

std::string program_parameters(const Program& program, const HwConfig& hw) {
  constexpr std::size_t kShown = 12;
  return "text " + sha256(to_text(program, hw)).substr(0, kShown);
}

void check_values(const Program& program) {
  for (const Instruction& in : program.instructions)
    if (in.as<Elementwise>() != nullptr && !info(program.buffer(in.dst).format).is_float())
      throw InputError(fmt::format(
          "program: elementary operations have no values in fixed point, as {} has; choose a "
          "floating-point format for its operands and results, or epilogue",
          program.buffer(in.dst).name));
}

namespace {

/// Where linear terms are added, unless it is after the product.
std::string_view terms_text(LinearTerms terms) {
  switch (terms) {
    case LinearTerms::kVector: break;
    case LinearTerms::kStart: return " terms first";
    case LinearTerms::kProducts: return " terms as products";
    case LinearTerms::kKept: return " terms as products, sums kept";
  }
  return "";
}

}  // namespace

std::string accumulation_text(const HwConfig& hw, Format format, std::optional<LinearTerms> terms) {
  const FormatSupport& s = hw.support(format);
  const std::string_view last =
      info(format).is_float() ? enum_name(s.multiply_add) : enum_name(s.overflow);
  std::string text = fmt::format("{} {} {}", enum_name(s.accumulator), enum_name(s.order), last);
  // Steps, where they are not the plain ones: "25 bits, own step".
  if (s.order == SumOrder::kAligned) text += fmt::format(" {} bits", s.fraction_bits);
  if (s.has_step) text += " own step";
  if (s.computed_as != ComputedAs::kOwn) text += fmt::format(" as {}", enum_name(s.computed_as));
  text += terms_text(terms.value_or(linear_terms_on(hw, format).front()));
  // Storage, where it is not the format's own.
  const StorageRule rule = hw.storage_rule(format), usual = default_rule(format);
  if (rule.rounding != usual.rounding) text += fmt::format(" {}", enum_name(rule.rounding));
  if (rule.overflow != usual.overflow) text += fmt::format(" {}", enum_name(rule.overflow));
  if (rule.subnormals != usual.subnormals) text += fmt::format(" {}", enum_name(rule.subnormals));
  if (s.is_dynamic()) text += fmt::format(" {}", enum_name(s.scaling));
  if (s.scaling == Scaling::kPerBlock) text += fmt::format(" {}", s.scale_block);
  if (s.scale_rounding != ScaleRounding::kExact)
    text += fmt::format(" {}", enum_name(s.scale_rounding));
  return text;
}

}  // namespace tricycle
