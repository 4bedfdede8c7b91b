// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <type_traits>
#include <utility>
#include <variant>

#include "models/error.h"
#include "models/isa/way.h"
#include "sim/config/describe.h"
#include "sim/engine/item_ways.h"
#include "sim/engine/lowering.h"
#include "sim/engine/measure_run.h"
#include "sim/host/host_memory.h"
#include "sim/units/npu.h"
#include "workloads/digest.h"
#include "workloads/inputs.h"

namespace tricycle {

namespace {

/// Collects the results of the chunks as they finish, in any order.
class Collector {
 public:
  Collector(const HwConfig& hw, const Program& program, const PreparedProblem& problem,
            RunWatch* watch = nullptr)
      : hw_(hw),
        program_(program),
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
              bits_[at] = read_bits(hw_, program_, program_.output, state);
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
  const HwConfig& hw_;
  const Program& program_;
  const PreparedProblem& problem_;
  RunWatch* watch_;
  std::vector<std::vector<std::uint8_t>> bits_;
  std::vector<Accuracy> accuracy_;
  AccuracySummary counts_;  // counts of all chunks that do not concern accuracy
};

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

/// The case that measure_run() takes, for the chunks of a problem.
RunCase case_of(const HwConfig& hw, const PreparedProblem& p, std::string algorithm,
                std::string parameters, const RunDigests& digests, Fidelity fidelity) {
  RunCase c{hw, p.problem.name, std::move(algorithm), std::move(parameters), digests, fidelity};
  c.items = static_cast<std::int64_t>(p.chunks.size());
  c.chunk = p.problem.chunk;
  c.input_digest = p.input_digest;
  c.input_note = p.input_note;
  if (p.problem.is_drawn()) c.seed = p.problem.seed;
  return c;
}

/// measure_run(), and the values.
RunResult measure_values(const RunCase& c, const PreparedProblem& problem,
                         const TimedProgram& lowered, RunTrace* trace, RunWatch* watch) {
  if (watch != nullptr) watch->chunks = c.items;
  Collector collector(c.hw, lowered.program, problem, watch);
  const ItemIo io = collector.io();
  RunResult r = measure_run(c, lowered, &io, trace);
  r.accuracy = collector.summary();
  r.output_digest = collector.digest();
  return r;
}

/// Throws InputError unless the program reads one chunk of the problem and writes one.
void check_inverts(const Program& program, const Problem& problem) {
  const auto is_chunk = [&](std::uint32_t buffer) {
    return program.buffers[buffer].rows == problem.chunk &&
           program.buffers[buffer].cols == problem.chunk;
  };
  if (program.inputs.size() != 1)
    throw InputError(
        fmt::format("program: expected one input, the chunk A, got {}; run it without a problem, "
                    "with --input (docs/programs.md)",
                    program.inputs.size()));
  if (!program.further_outputs.empty())
    throw InputError(
        fmt::format("program: expected one output, Y, got {}; run it without a problem, with "
                    "--input (docs/programs.md)",
                    program.outputs().size()));
  for (const std::uint32_t buffer : {program.inputs[0], program.output})
    if (!is_chunk(buffer))
      throw InputError(fmt::format(
          "program: expected {} to be {} x {} as the chunks of {}, got {} x {}; choose a problem "
          "of that chunk size (--set problem.chunk=..)",
          program.buffers[buffer].name, problem.chunk, problem.chunk, problem.name,
          program.buffers[buffer].rows, program.buffers[buffer].cols));
  check_values(program);
}

WaysOf ways_of(const HwConfig& hw, const PreparedProblem& problem) {
  return [&](const Program& program) { return ways_of(hw, problem, program); };
}

}  // namespace

std::string digest(const HwConfig& hw) {
  HwConfig named = hw;
  named.cost_model.tables_file =
      std::filesystem::path(hw.cost_model.tables_file).filename().string();
  return sha256(dump_hw_config(named));
}

std::string digest(const Problem& problem) {
  Problem named = problem;
  for_each_file(named,
                [](std::string& file) { file = std::filesystem::path(file).filename().string(); });
  return sha256(dump_problem(named));
}

std::string cost_tables_digest(const HwConfig& hw) {
  return hw.cost_model.present ? sha256(dump_cost_tables(*hw.cost_model.tables)) : "";
}

RunDigests digests(const HwConfig& hw, const Problem& problem) {
  return {digest(hw), cost_tables_digest(hw), digest(problem)};
}

namespace {

/// Throws InputError where the matrices, their exact inverses and their results do not fit.
void check_fits_host(const Problem& problem) {
  if (!problem.is_drawn()) return;
  constexpr double kBytes = 8 + 8 + 8;
  const auto chunk = static_cast<double>(problem.chunk);
  check_host_memory(fmt::format("{}: {} matrices of {} x {} with their exact inverses",
                                problem.name, problem.matrices, problem.chunk, problem.chunk),
                    static_cast<double>(problem.matrices) * chunk * chunk * kBytes,
                    fmt::format("choose fewer (problem.input.{}.matrices)",
                                problem.input == InputKind::kTokens ? "tokens" : "synthetic"));
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
              RunWatch* watch, const Cut& cut) {
  const int chunk = static_cast<int>(problem.problem.chunk);
  const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, options);
  const RunDigests names = digests(hw, problem.problem);
  const RunCase c = case_of(hw, problem, std::string(algorithm.name),
                            to_text(algorithm, parameters), names, fidelity);
  return measure_values(
      c, problem,
      lower_fastest(algorithm, parameters, chunk, format, hw, cut, ways_of(hw, problem)), trace,
      watch);
}

RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Program& program,
              Fidelity fidelity, RunTrace* trace, RunWatch* watch) {
  check_inverts(program, problem.problem);
  const RunDigests names = digests(hw, problem.problem);
  const RunCase c =
      case_of(hw, problem, kProgramAlgorithm, program_parameters(program, hw), names, fidelity);
  Program of_problem = program;
  if (has_exits(program)) of_problem.items = ways_of(hw, problem, program);
  return measure_values(c, problem, as_written(of_problem, hw), trace, watch);
}

RunValues run_values(const HwConfig& hw, const PreparedProblem& problem, const Program& program) {
  Collector collector(hw, program, problem);
  const ItemIo io = collector.io();
  bool any_cut = true;
  for (std::size_t item = 0; item < problem.chunks.size(); ++item) {
    MachineState state = make_state(program);
    io.load(static_cast<std::int64_t>(item), state);
    for_each_executed(program, state, [&](const Instruction& in) {
      PendingWrite write = compute(program, hw, in, state);
      any_cut = any_cut && all_finite(write.values);
      commit(std::move(write), program, state);
    });
    io.store(static_cast<std::int64_t>(item), state);
  }
  return {collector.summary(), collector.digest(), any_cut};
}

RunResult run_timed(
    const RunInput& in, const RunDigests& digests,
    const std::function<RunValues(const AlgorithmParameters&, const TimedProgram&)>& values) {
  const int chunk = static_cast<int>(in.problem.problem.chunk);
  const AlgorithmParameters parameters = resolve_parameters(in.algorithm, chunk, in.options);
  const TimedProgram lowered = lower_fastest(in.algorithm, parameters, chunk, in.format, in.hw, {},
                                             ways_of(in.hw, in.problem));
  const RunCase c = case_of(in.hw, in.problem, std::string(in.algorithm.name),
                            to_text(in.algorithm, parameters), digests, Fidelity::kTile);
  RunResult r = measure_run(c, lowered, nullptr, nullptr);
  RunValues v = values(parameters, lowered);
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
