// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/gate_runs.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/printable.h"
#include "sim/cli/notice.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/run_file.h"
#include "sim/engine/run.h"
#include "sim/host/progress.h"
#include "sim/host/shipped_files.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// A run whose files are read.
struct ReadyRun {
  HwConfig hw;
  Problem problem;
  const Algorithm* algorithm = nullptr;  // none: the program
  AlgorithmOptions options;
  std::optional<Program> program;
  Format format = Format::kFp32;
  std::string inputs;  // the same for runs that share them
};

/// What `make` gives.  What is wrong stands at a key of the run; what is wrong with a setting, at
/// "set".
template <typename Make>
auto at_key(const GateRun& run, std::string_view key, std::vector<Fault>& faults, Make make) {
  std::vector<std::string> messages;
  auto value = attempt(messages, make);
  for (const std::string& message : messages)
    faults.push_back(run.fault(message.starts_with("--set ") ? "set" : key, message));
  return value;
}

void read_program_of(const GateRun& run, const std::string& path, ReadyRun& ready,
                     std::vector<Fault>& faults) {
  for (const std::string& text : split_settings(run.set).algorithm)
    faults.push_back(run.fault(
        "set", fmt::format("algorithm.{}: a program has no algorithm; leave it out", text)));
  ready.program = at_key(run, "program", faults,
                         [&] { return load_program(named_in(path, run.program), ready.hw); });
  if (ready.program) ready.format = ready.program->format;
}

void read_algorithm_of(const GateRun& run, ReadyRun& ready, std::vector<Fault>& faults) {
  ready.algorithm = &find_algorithm(run.algorithm);
  ready.format = run.format.value();
  const auto options = at_key(run, "set", faults, [&] {
    return parse_algorithm_options(split_settings(run.set).algorithm);
  });
  if (!options) return;
  ready.options = *options;
  const int chunk = static_cast<int>(ready.problem.chunk);
  // What cannot be lowered is told before hours go into the others.
  at_key(run, "algorithm", faults, [&] {
    return lower(*ready.algorithm, resolve_parameters(*ready.algorithm, chunk, ready.options),
                 chunk, ready.format, ready.hw)
        .matmul_count;
  });
}

ReadyRun ready_run(const GateRun& run, const std::string& path, std::vector<Fault>& faults) {
  ReadyRun ready;
  const Settings set = split_settings(run.set);
  const std::string problem_file = named_in(path, run.problem);
  auto hw = at_key(run, "machine", faults,
                   [&] { return load_hw_config(named_in(path, run.machine), set.machine); });
  auto problem =
      at_key(run, "problem", faults, [&] { return load_inversions(problem_file, set.problem); });
  if (!hw || !problem) return ready;
  ready.hw = std::move(*hw);
  ready.problem = std::move(*problem);
  ready.inputs = fmt::format("{}\n{}", problem_file, fmt::join(set.problem, "\n"));
  if (run.program.empty())
    read_algorithm_of(run, ready, faults);
  else
    read_program_of(run, path, ready, faults);
  return ready;
}

using GateInputs = std::map<std::string, PreparedProblem>;

/// The inputs of all runs, each once.
GateInputs prepare_inputs(const Gate& gate, const std::vector<ReadyRun>& runs,
                          std::vector<Fault>& faults) {
  GateInputs inputs;
  std::map<std::string, std::vector<UsedFormat>> formats;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    formats[runs[i].inputs].push_back({&runs[i].hw, runs[i].format});
    if (inputs.contains(runs[i].inputs)) continue;
    auto prepared =
        at_key(gate.runs[i], "problem", faults, [&] { return prepare(runs[i].problem); });
    if (prepared) inputs.emplace(runs[i].inputs, std::move(*prepared));
  }
  if (!faults.empty()) return inputs;
  for (const auto& [key, prepared] : inputs) {
    print_input_note(prepared);
    print_range_notes(prepared.problem.name, prepared.chunks, formats[key]);
  }
  return inputs;
}

RunResult made(const GateRun& named, const ReadyRun& ready, const PreparedProblem& inputs) {
  if (ready.program) return run(ready.hw, inputs, *ready.program, named.fidelity);
  return run(ready.hw, inputs, *ready.algorithm, ready.options, ready.format, named.fidelity);
}

}  // namespace

void make_gate_runs(const Gate& gate, const std::string& path, const GateRunDone& done) {
  std::vector<Fault> faults;
  std::vector<ReadyRun> runs;
  for (const GateRun& run : gate.runs) runs.push_back(ready_run(run, path, faults));
  throw_if_any(std::exchange(faults, {}));
  const GateInputs inputs = prepare_inputs(gate, runs, faults);
  throw_if_any(std::exchange(faults, {}));

  Progress progress(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    progress.begin(printable(gate.runs[i].name));
    std::optional<RunResult> result;
    std::string reason;
    try {
      // A program may not fit its problem, which nothing before says.
      const char* const what = runs[i].program ? "program" : "algorithm";
      result = at_key(gate.runs[i], what, faults,
                      [&] { return made(gate.runs[i], runs[i], inputs.at(runs[i].inputs)); });
    } catch (const RunError& error) {
      reason = error.what();
    }
    throw_if_any(std::exchange(faults, {}));
    done(i, result ? &*result : nullptr, reason);
    progress.end();
  }
}

}  // namespace tricycle
