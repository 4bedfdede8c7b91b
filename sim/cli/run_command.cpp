// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "models/error.h"
#include "models/isa/program_text.h"
#include "reports/summaries.h"
#include "reports/timeline.h"
#include "reports/trace_json.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/notice.h"
#include "sim/cli/own_program.h"
#include "sim/cli/settings.h"
#include "sim/cli/slow_run.h"
#include "sim/config/field_tree.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/run_file.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "sim/host/output_file.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

constexpr const char* kDefaultAlgorithm = "neumann_masked";
constexpr const char* kDefaultFormat = "fp16";
/// Without error but that of rounding; on every machine of README.md's table of algorithms one of
/// them is the fastest such.
constexpr std::string_view kExact[] = {"block_doubling", "blocked_substitution",
                                       "block_elimination", "column_sweep", "forward_substitution"};

/// Makes the run from a machine and a problem; collects all faults of both and of the options.
RunSpec from_files(const RunOptions& options, const Settings& set) {
  std::vector<std::string> faults;
  const auto hw = attempt(faults, [&] { return load_hw_config(options.machine, set.machine); });
  const auto problem =
      attempt(faults, [&] { return load_inversions(options.problem, set.problem); });
  const std::string algorithm = options.algorithm.value_or(kDefaultAlgorithm);
  attempt(faults, [&] { return find_algorithm(algorithm).name; });
  const auto algorithm_options =
      attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const auto format = attempt(
      faults, [&] { return parse_format("--format", options.format.value_or(kDefaultFormat)); });
  throw_if_any(std::move(faults));
  return {*hw, *problem, algorithm, {}, *algorithm_options, *format, Fidelity::kTile};
}

/// The program of the options in place of an algorithm.
void take_program(const RunOptions& options, RunSpec& spec) {
  if (!options.program) return;
  if (options.algorithm || options.format) throw InputError(kProgramSaysWhat);
  if (spec.cut.is_fixed()) throw InputError(kProgramIsCut);
  spec.program = load_program(*options.program, spec.hw);
  spec.algorithm = kProgramAlgorithm;
  spec.format = spec.program->format;
}

Program chosen_program(const RunSpec& spec) {
  if (spec.program) return *spec.program;
  const Algorithm& algorithm = find_algorithm(spec.algorithm);
  const int chunk = static_cast<int>(spec.problem.chunk);
  return lower_fastest(algorithm, resolve_parameters(algorithm, chunk, spec.options), chunk,
                       spec.format, spec.hw, spec.cut)
      .program;
}

RunResult run_spec(const RunSpec& spec, const PreparedProblem& problem, RunTrace* trace) {
  SlowRun slow;
  if (spec.program) return run(spec.hw, problem, *spec.program, spec.fidelity, trace, slow.watch());
  return run(spec.hw, problem, find_algorithm(spec.algorithm), spec.options, spec.format,
             spec.fidelity, trace, slow.watch(), spec.cut);
}

/// Makes the run from a resolved run; options given beside it replace its own.
RunSpec from_run_file(const RunOptions& options, const Settings& set) {
  if (kind_of(options.machine) != FileKind::kRun)
    throw InputError(
        fmt::format("{}: expected a resolved run where no PROBLEM is given; name a "
                    "problem behind the machine",
                    options.machine));
  const bool other_algorithm = options.algorithm.has_value();
  RunSpec spec = load_run(
      options.machine,
      {set.machine, set.problem, other_algorithm ? std::vector<std::string>{} : set.algorithm});
  if (other_algorithm) {
    spec.algorithm = find_algorithm(*options.algorithm).name;
    spec.options = parse_algorithm_options(set.algorithm);
  }
  if (options.format) spec.format = parse_format("--format", *options.format);
  return spec;
}

/// The fastest of kExact by timing alone, which takes some ten milliseconds for each.  The name is
/// empty where none runs, or where chunks are so large that it would take long.
std::pair<std::string_view, double> fastest_exact(const RunSpec& spec) {
  constexpr std::int64_t kLargestChunk = 128;
  std::pair<std::string_view, double> best{"", 0};
  if (spec.problem.chunk > kLargestChunk) return best;
  const int chunk = static_cast<int>(spec.problem.chunk);
  for (const std::string_view name : kExact) {
    std::vector<std::string> ignored;
    const auto cycles = attempt(ignored, [&] {
      const Algorithm& algorithm = find_algorithm(name);
      return lower_fastest(algorithm, resolve_parameters(algorithm, chunk, {}), chunk, spec.format,
                           spec.hw)
          .cycles_per_item;
    });
    if (cycles && (best.first.empty() || *cycles < best.second)) best = {name, *cycles};
  }
  return best;
}

/// For users who named no algorithm: the paper's algorithm is no recommendation, and what is better
/// here.
std::string hint(const RunOptions& options, const RunSpec& spec, const RunResult& result) {
  if (options.algorithm || options.program || options.problem.empty()) return "";
  std::string text = fmt::format("  hint        {} is the default, not a choice: ", spec.algorithm);
  const auto [best, cycles] = fastest_exact(spec);
  constexpr double kFaster = 1.02;
  if (best.empty() || cycles * kFaster > result.cycles_per_chunk)
    return text + "`tricycle compare` ranks others beside it\n";
  return text + fmt::format(
                    "{}, which is exact, takes {:.0f} cycles a chunk here, {:.2f} times as fast; "
                    "`tricycle compare` ranks more\n",
                    best, cycles, result.cycles_per_chunk / cycles);
}

}  // namespace

int run_command(const RunOptions& options) {
  const Settings set = split_settings(options.set);
  if (has_own_inputs(options)) return run_own_program(options, set);
  if (!options.inputs.empty() || options.items)
    throw InputError(fmt::format(
        "--{}: of a program that runs without a problem; give --program, and leave out PROBLEM",
        options.inputs.empty() ? "items" : "input"));
  RunSpec spec = options.problem.empty() ? from_run_file(options, set) : from_files(options, set);
  if (options.fidelity) spec.fidelity = parse_fidelity(*options.fidelity);
  const Cut cut = parse_cut(options.tile, options.merge_group, options.linear_terms);
  if (cut.tile) spec.cut.tile = cut.tile;
  if (cut.merge_group) spec.cut.merge_group = cut.merge_group;
  if (options.linear_terms) spec.cut.linear_terms = cut.linear_terms;
  take_program(options, spec);
  if (spec.program && spec.cut.is_fixed()) throw InputError(kProgramIsCut);
  if (options.dump_program) {
    if (options.json) throw InputError(kDumpIsText);
    fmt::print("{}", to_text(chosen_program(spec), spec.hw));
    return 0;
  }
  check_output_directory(options.out);
  RunTrace trace = requested_trace(options);
  const PreparedProblem prepared = prepare(spec.problem);
  print_input_note(prepared);
  print_range_notes(prepared.problem.name, prepared.chunks, {{&spec.hw, spec.format}});
  const RunResult result = run_spec(spec, prepared, trace.item_limit > 0 ? &trace : nullptr);
  if (!options.problem.empty()) print_warnings(options.machine, set.machine, spec.hw);
  std::vector<OutputFile> files{
      {"result.json", to_json(result)},
      {"result.csv", to_csv({result})},
      {"trace.json", to_trace_json(result, trace)},
      {"config.resolved.yaml", dump_run(spec, provenance(options), options.out)}};
  if (spec.program) files.push_back({kProgramFile, to_text(*spec.program, spec.hw)});
  const std::string written = write_results(options.out, files, options.json);
  fmt::print("{}", options.json ? to_json(result) : run_summary(result));
  if (options.timeline) fmt::print("{}", timeline(result, trace, terminal_width()));
  if (!options.json) fmt::print("{}{}", hint(options, spec, result), written);
  return 0;
}

}  // namespace tricycle
