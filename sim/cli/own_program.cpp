// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/own_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "models/error.h"
#include "models/isa/program_text.h"
#include "reports/summaries.h"
#include "reports/timeline.h"
#include "reports/trace_json.h"
#include "reports/writers.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/settings.h"
#include "sim/cli/slow_run.h"
#include "sim/config/load_hw.h"
#include "sim/config/run_file.h"
#include "sim/engine/program_run.h"
#include "sim/engine/run.h"
#include "sim/host/messages.h"
#include "sim/host/output_file.h"
#include "workloads/npy.h"

namespace tricycle {

namespace {

bool is_run_file(const RunOptions& options) { return kind_of(options.machine) == FileKind::kRun; }

/// What only a problem or an algorithm has.
void refuse_foreign_options(const RunOptions& options, const Settings& set) {
  std::vector<std::string> faults;
  if (options.algorithm || options.format) faults.push_back(kProgramSaysWhat);
  if (options.tile || options.merge_group || options.linear_terms) faults.push_back(kProgramIsCut);
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format(
        "--set problem.{}: a program with inputs of its own has no problem; leave it out", text));
  for (const std::string& text : set.algorithm)
    faults.push_back(fmt::format(
        "--set algorithm.{}: a program of one's own has no algorithm; leave it out", text));
  throw_if_any(std::move(faults));
}

/// Inputs of the options in place of those of the same name.
void take_inputs(const RunOptions& options, RunSpec& spec) {
  std::vector<std::string> faults;
  std::vector<InputFile> given;
  for (const std::string& text : options.inputs)
    if (auto in = attempt(faults, [&] { return parse_input(text); })) given.push_back(*in);
  throw_if_any(std::move(faults));
  for (const InputFile& in : given)
    std::erase_if(spec.inputs, [&](const InputFile& old) { return old.buffer == in.buffer; });
  spec.inputs.insert(spec.inputs.end(), given.begin(), given.end());
  // Other inputs may be another batch.
  if (!given.empty()) spec.items.reset();
  if (options.items) spec.items = parse_count("--items", *options.items, 1, kMostProgramItems);
}

RunSpec own_spec(const RunOptions& options, const Settings& set) {
  refuse_foreign_options(options, set);
  RunSpec spec;
  if (is_run_file(options))
    spec = load_run(options.machine, set);
  else
    spec.hw = load_hw_config(options.machine, set.machine);
  if (options.program) spec.program = load_program(*options.program, spec.hw);
  spec.algorithm = kProgramAlgorithm;
  spec.format = spec.program.value().format;
  if (options.fidelity) spec.fidelity = parse_fidelity(*options.fidelity);
  take_inputs(options, spec);
  return spec;
}

/// A run that replaced its own input could not be made again.
void check_inputs_stay(const RunOptions& options, const RunSpec& spec) {
  std::vector<std::string> faults;
  for (const std::uint32_t output : spec.program->outputs()) {
    const auto file =
        std::filesystem::path(options.out) / output_file_name(spec.program->buffers[output].name);
    for (const InputFile& input : spec.inputs) {
      std::error_code error;
      if (std::filesystem::equivalent(file, input.file, error))
        faults.push_back(fmt::format(
            "--input {}={}: the run would replace it by its output; choose another folder (--out)",
            input.buffer, input.file));
    }
  }
  throw_if_any(std::move(faults));
}

std::vector<OutputFile> result_files(const RunOptions& options, const RunSpec& spec,
                                     const ProgramRun& run, const RunTrace& trace) {
  std::vector<OutputFile> files{
      {"result.json", to_json(run.result)},
      {"result.csv", to_csv({run.result})},
      {"trace.json", to_trace_json(run.result, trace)},
      {"config.resolved.yaml", dump_run(spec, provenance(options), options.out)},
      {kProgramFile, to_text(*spec.program, spec.hw)}};
  for (const ProgramOutput& output : run.outputs)
    files.push_back({output_file_name(output.buffer), to_npy(output.tensor)});
  return files;
}

}  // namespace

bool has_own_inputs(const RunOptions& options) {
  if (!options.problem.empty()) return false;
  const FileKind kind = kind_of(options.machine);
  if (kind == FileKind::kRun) return has_inputs(options.machine);
  return kind == FileKind::kMachine && options.program.has_value();
}

int run_own_program(const RunOptions& options, const Settings& set) {
  RunSpec spec = own_spec(options, set);
  if (options.dump_program) {
    if (options.json) throw InputError(kDumpIsText);
    fmt::print("{}", to_text(*spec.program, spec.hw));
    return 0;
  }
  check_inputs_stay(options, spec);
  for (const std::uint32_t output : unwritten_outputs(*spec.program))
    tell(fmt::format("output {} is not stored whole: what no instruction stores is 0 there",
                     spec.program->buffers[output].name));
  check_output_directory(options.out);
  RunTrace trace = requested_trace(options);
  const ProgramInputs data = read_program_inputs(*spec.program, spec.inputs, spec.items);
  spec.items = data.items;
  SlowRun slow;
  const ProgramRun run = run_program(spec.hw, *spec.program, data, spec.fidelity,
                                     trace.item_limit > 0 ? &trace : nullptr, slow.watch());
  if (!is_run_file(options)) print_warnings(options.machine, set.machine, spec.hw);
  const std::string written =
      write_results(options.out, result_files(options, spec, run, trace), options.json);
  fmt::print("{}", options.json ? to_json(run.result) : run_summary(run.result));
  if (options.timeline) fmt::print("{}", timeline(run.result, trace, terminal_width()));
  if (!options.json) fmt::print("{}", written);
  return 0;
}

}  // namespace tricycle
