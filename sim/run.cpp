// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <type_traits>
#include <utility>
#include <variant>

#include "models/config_fields.h"
#include "models/error.h"
#include "models/isa/program_text.h"
#include "reports/invariants.h"
#include "sim/config/describe.h"
#include "sim/critical_path.h"
#include "sim/host_memory.h"
#include "sim/lowering.h"
#include "sim/trace_recorder.h"
#include "sim/units/npu.h"
#include "sim/version.h"
#include "workloads/digest.h"
#include "workloads/inputs.h"

namespace tricycle {

namespace {

/// Results of the chunks as they finish, in whatever order.
class Collector {
 public:
  Collector(const Program& program, const PreparedProblem& problem, RunWatch* watch = nullptr)
      : program_(program),
        problem_(problem),
        watch_(watch),
        bits_(problem.chunks.size()),
        accuracy_(problem.chunks.size()) {}

  ItemIo io() {
    return {[this](std::int64_t item, MachineState& state) {
              write_input(program_, program_.inputs[0],
                          problem_.chunks[static_cast<std::size_t>(item)].a, state);
            },
            [this](std::int64_t item, const MachineState& state) {
              const auto at = static_cast<std::size_t>(item);
              bits_[at] = read_bits(program_, program_.output, state);
              accuracy_[at] =
                  problem_.oracles[at].compare(read_real(program_, program_.output, state));
              counts_.saturated_count += state.saturated_count;
              counts_.wrapped_count += state.wrapped_count;
              counts_.inputs_rounded += state.rounded_inputs;
              if (watch_ != nullptr) ++watch_->done;
            }};
  }
  AccuracySummary summary() const {
    AccuracySummary s = summarize(accuracy_);
    s.saturated_count = counts_.saturated_count;
    s.wrapped_count = counts_.wrapped_count;
    s.inputs_rounded = counts_.inputs_rounded;
    return s;
  }
  std::string digest() const {
    Sha256 sha;
    for (const auto& bits : bits_) sha.update(bits);
    return sha.hex();
  }

 private:
  const Program& program_;
  const PreparedProblem& problem_;
  RunWatch* watch_;
  std::vector<std::vector<std::uint8_t>> bits_;
  std::vector<Accuracy> accuracy_;
  AccuracySummary counts_;  // what is no matter of accuracy, of all chunks
};

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

/// Whether no element is infinite or NaN.
bool all_finite(const Values& values) {
  return std::visit(
      [](const auto& elements) {
        using T = typename std::decay_t<decltype(elements)>::value_type;
        if constexpr (std::is_floating_point_v<T>)
          return std::all_of(elements.begin(), elements.end(),
                             [](T value) { return std::isfinite(value); });
        else
          return true;
      },
      values);
}

/// What keeps more items from being in flight on a core.
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

/// What is run, its parameters resolved.
struct RunCase {
  const HwConfig& hw;
  const PreparedProblem& problem;
  std::string algorithm, parameters;  // as they stand in the result
  const RunDigests& digests;
  Fidelity fidelity;
};

/// Everything a run reports but the values; `io` computes those beside the time.
RunResult measure_run(const RunCase& c, const TimedProgram& lowered, const ItemIo* io,
                      RunTrace* trace) {
  const HwConfig& hw = c.hw;
  const Program& program = lowered.program;
  RunResult r;
  r.launch_cycles = hw.sequencer.launch_cycles;
  const auto chunks = static_cast<std::int64_t>(c.problem.chunks.size());
  if (trace != nullptr) {
    trace->program = program;
    TraceRecorder recorder(*trace);
    r.many = simulate(program, hw, chunks, io, c.fidelity, &recorder);
  } else {
    r.many = simulate(program, hw, chunks, io, c.fidelity);
  }
  r.in_flight = hw.cores * items_in_flight(program, hw);
  r.in_flight_limit = in_flight_limit(program, hw);
  r.steady = lowered.steady;
  r.cycles_per_chunk = lowered.cycles_per_item;
  r.cut = lowered.cut;
  r.shortest_latency_cycles = lowered.shortest_latency_cycles;
  r.shortest_latency_cut = lowered.shortest_latency_cut;
  RunTrace alone{.item_limit = 1, .program = program, .executions = {}, .stalls = {}, .items = {}};
  TraceRecorder recorder(alone);
  r.alone = simulate(program, hw, 1, nullptr, c.fidelity, &recorder);
  r.critical_path = critical_path(alone, r.launch_cycles);
  r.activity = activity(program, hw);

  const Problem& problem = c.problem.problem;
  r.version = kVersion;
  r.machine = hw.name;
  r.problem = problem.name;
  r.machine_digest = c.digests.machine;
  r.problem_digest = c.digests.problem;
  r.input_digest = c.problem.input_digest;
  r.input_note = c.problem.input_note;
  if (problem.input == InputKind::kSynthetic) r.seed = problem.seed;
  r.algorithm = c.algorithm;
  r.parameters = c.parameters;
  r.accumulation = accumulation_text(hw, program.format);
  r.format = program.format;
  r.fidelity = c.fidelity;
  r.chunk = problem.chunk;
  r.clock_ghz = hw.clock_ghz;
  r.peak_macs_per_cycle = static_cast<double>(hw.cores) * hw.peak_macs_per_cycle(program.format);
  r.matmul_count = program.matmul_count;
  r.instructions = static_cast<std::int64_t>(program.instructions.size());
  r.scratchpad_peak_bytes = r.many.in_flight * program.footprint_bytes(Space::kScratchpad, hw);
  if (hw.cost_model.present) {
    r.cost = run_cost(hw, r);
    r.cost->tables_digest = c.digests.cost_tables;
  }
  check_figures(hw, r);
  return r;
}

/// .. and the values.
RunResult measure_values(const RunCase& c, const TimedProgram& lowered, RunTrace* trace,
                         RunWatch* watch) {
  if (watch != nullptr) watch->chunks = static_cast<std::int64_t>(c.problem.chunks.size());
  Collector collector(lowered.program, c.problem, watch);
  const ItemIo io = collector.io();
  RunResult r = measure_run(c, lowered, &io, trace);
  r.accuracy = collector.summary();
  r.output_digest = collector.digest();
  return r;
}

/// Throws InputError unless the program takes a chunk of the problem and makes one.
void check_inverts(const Program& program, const Problem& problem) {
  const auto is_chunk = [&](std::uint32_t buffer) {
    return program.buffers[buffer].rows == problem.chunk &&
           program.buffers[buffer].cols == problem.chunk;
  };
  if (program.inputs.size() != 1)
    throw InputError(
        fmt::format("program: expected one input, the chunk A, got {}", program.inputs.size()));
  for (const std::uint32_t buffer : {program.inputs[0], program.output})
    if (!is_chunk(buffer))
      throw InputError(fmt::format(
          "program: expected {} to be {} x {} as the chunks of {}, got {} x {}; choose a problem "
          "of that chunk size (--set problem.chunk=..)",
          program.buffers[buffer].name, problem.chunk, problem.chunk, problem.name,
          program.buffers[buffer].rows, program.buffers[buffer].cols));
  for (const Instruction& in : program.instructions)
    if (in.as<Elementary>() != nullptr && !info(program.buffer(in.dst).format).is_float())
      throw InputError(fmt::format(
          "program: elementary operations have no values in fixed point, as {} has; choose a "
          "floating-point format for its operands and results, or combine",
          program.buffer(in.dst).name));
}

}  // namespace

std::string accumulation_text(const HwConfig& hw, Format format) {
  const FormatSupport& s = hw.support(format);
  const std::string_view last =
      info(format).is_float() ? enum_name(s.multiply_add) : enum_name(s.overflow);
  std::string text = fmt::format("{} {} {}", enum_name(s.accumulator), enum_name(s.order), last);
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

std::string digest(const HwConfig& hw) {
  HwConfig named = hw;
  named.cost_model.tables_file =
      std::filesystem::path(hw.cost_model.tables_file).filename().string();
  return sha256(dump_hw_config(named));
}

std::string digest(const Problem& problem) {
  Problem named = problem;
  named.file = std::filesystem::path(problem.file).filename().string();
  return sha256(dump_problem(named));
}

std::string cost_tables_digest(const HwConfig& hw) {
  return hw.cost_model.present ? sha256(dump_cost_tables(hw.cost_model.tables)) : "";
}

RunDigests digests(const HwConfig& hw, const Problem& problem) {
  return {digest(hw), cost_tables_digest(hw), digest(problem)};
}

namespace {

/// Throws InputError where the matrices, their exact inverses and their results do not fit.
void check_fits_host(const Problem& problem) {
  if (problem.input != InputKind::kSynthetic) return;
  constexpr double kBytes = 8 + 8 + 8;
  const auto chunk = static_cast<double>(problem.chunk);
  check_host_memory(fmt::format("{}: {} matrices of {} x {} with their exact inverses",
                                problem.name, problem.matrices, problem.chunk, problem.chunk),
                    static_cast<double>(problem.matrices) * chunk * chunk * kBytes,
                    "choose fewer (problem.input.synthetic.matrices)");
}

}  // namespace

PreparedProblem prepare(const Problem& problem) {
  check_fits_host(problem);
  Inputs inputs = make_inputs(problem);
  PreparedProblem prepared{problem, std::move(inputs.chunks), {}, "", std::move(inputs.note)};
  for (const ChunkMatrix& chunk : prepared.chunks) prepared.oracles.emplace_back(chunk);
  prepared.input_digest = input_digest(prepared.chunks);
  return prepared;
}

RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Algorithm& algorithm,
              const AlgorithmOptions& options, Format format, Fidelity fidelity, RunTrace* trace,
              RunWatch* watch) {
  const int chunk = static_cast<int>(problem.problem.chunk);
  const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, options);
  const RunDigests names = digests(hw, problem.problem);
  return measure_values(
      {hw, problem, std::string(algorithm.name), to_text(algorithm, parameters), names, fidelity},
      lower_fastest(algorithm, parameters, chunk, format, hw), trace, watch);
}

RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Program& program,
              Fidelity fidelity, RunTrace* trace, RunWatch* watch) {
  check_inverts(program, problem.problem);
  const RunDigests names = digests(hw, problem.problem);
  constexpr std::size_t kShown = 12;
  const std::string text = sha256(to_text(program, hw)).substr(0, kShown);
  return measure_values({hw, problem, kProgramAlgorithm, "text " + text, names, fidelity},
                        best_cut({{program, "as written"}}, hw), trace, watch);
}

RunValues run_values(const HwConfig& hw, const PreparedProblem& problem, const Program& program) {
  Collector collector(program, problem);
  const ItemIo io = collector.io();
  bool any_cut = true;
  for (std::size_t item = 0; item < problem.chunks.size(); ++item) {
    MachineState state = make_state(program);
    io.load(static_cast<std::int64_t>(item), state);
    for (const Instruction& in : program.instructions) {
      PendingWrite write = compute(program, hw, in, state);
      any_cut = any_cut && all_finite(write.values);
      commit(std::move(write), program, state);
    }
    io.store(static_cast<std::int64_t>(item), state);
  }
  return {collector.summary(), collector.digest(), any_cut};
}

RunResult run_timed(
    const RunInput& in, const RunDigests& digests,
    const std::function<RunValues(const AlgorithmParameters&, const Program&)>& values) {
  const int chunk = static_cast<int>(in.problem.problem.chunk);
  const AlgorithmParameters parameters = resolve_parameters(in.algorithm, chunk, in.options);
  const TimedProgram lowered = lower_fastest(in.algorithm, parameters, chunk, in.format, in.hw);
  RunResult r = measure_run({in.hw, in.problem, std::string(in.algorithm.name),
                             to_text(in.algorithm, parameters), digests, Fidelity::kTile},
                            lowered, nullptr, nullptr);
  RunValues v = values(parameters, lowered.program);
  r.accuracy = v.accuracy;
  r.output_digest = std::move(v.output_digest);
  return r;
}

void rank(std::vector<RunResult>& results) {
  std::vector<std::string> machines;
  for (const RunResult& r : results)
    if (std::find(machines.begin(), machines.end(), r.machine) == machines.end())
      machines.push_back(r.machine);
  for (RunResult& r : results)
    for (const RunResult& base : results)
      if (base.algorithm == "forward_substitution" && base.machine == r.machine &&
          base.format == r.format)
        r.speedup = base.cycles_per_chunk / r.cycles_per_chunk;
  const auto place = [&](const RunResult& r) {
    return std::find(machines.begin(), machines.end(), r.machine) - machines.begin();
  };
  std::stable_sort(results.begin(), results.end(), [&](const RunResult& a, const RunResult& b) {
    if (a.machine != b.machine) return place(a) < place(b);
    return a.cycles_per_chunk < b.cycles_per_chunk;
  });
}

}  // namespace tricycle
