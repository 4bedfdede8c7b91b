// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/error.h"
#include "reports/summaries.h"
#include "reports/writers.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/progress.h"
#include "sim/config/layers.h"
#include "sim/config/load_problem.h"
#include "sim/output_file.h"
#include "sim/run.h"

namespace tricycle {

namespace {

/// One cell of algorithms x formats x machines.
struct Combination {
  const HwConfig* hw;
  const Algorithm* algorithm;
  AlgorithmOptions options;
  Format format;
};

std::string label(const Combination& c) {
  return fmt::format("{}, {}, {}", c.hw->name, c.algorithm->name, name(c.format));
}

/// Lowers every combination once, so that one that cannot run is told before hours of others: those
/// that can, and what is wrong with those that cannot.
std::vector<Combination> runnable(const std::vector<Combination>& combinations, int chunk,
                                  std::vector<std::string>& faults) {
  std::vector<Combination> good;
  for (const Combination& c : combinations) {
    std::vector<std::string> messages;
    attempt(messages, [&] {
      return lower(*c.algorithm, resolve_parameters(*c.algorithm, chunk, c.options), chunk,
                   c.format, *c.hw)
          .matmul_count;
    });
    for (const std::string& message : messages) faults.push_back(label(c) + ": " + message);
    if (messages.empty()) good.push_back(c);
  }
  return good;
}

std::vector<RunResult> run_all(const std::vector<Combination>& combinations,
                               const PreparedProblem& problem) {
  std::vector<RunResult> results;
  Progress progress(combinations.size());
  for (const Combination& c : combinations) {
    progress.begin(label(c));
    results.push_back(run(*c.hw, problem, *c.algorithm, c.options, c.format));
    progress.end();
  }
  rank(results);
  return results;
}

}  // namespace

int compare_command(const CompareOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  const std::vector<HwConfig> machines = load_machines(options.machines, set, faults);
  const auto problem =
      attempt(faults, [&] { return load_inversions(options.problem, set.problem); });
  const std::vector<const Algorithm*> rows =
      chosen_algorithms(options.algorithms, UnnamedAlgorithms::kCompared, faults);
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const std::vector<Format> named = named_formats(options.formats, faults);
  for (const HwConfig& hw : machines)
    for (Format format : named) attempt(faults, [&] { return check_format(hw, format), true; });
  if (given) check_taken(rows, *given, faults);
  throw_if_any(std::move(faults));

  // What an algorithm does not take is left out, unless both were asked for by name.
  const bool by_name = options.algorithms && *options.algorithms != "all";
  std::vector<Combination> combinations;
  for (const HwConfig& hw : machines)
    for (const Algorithm* algorithm : rows)
      for (Format format : options.formats ? named : formats_of(hw))
        if ((by_name && options.formats) || algorithm->takes(format))
          combinations.push_back({&hw, algorithm, taken_options(*algorithm, *given), format});
  combinations = runnable(combinations, static_cast<int>(problem->chunk), faults);
  // Of everything there is, what does not fit is left out; what was asked for must run.
  if (combinations.empty() || by_name || options.formats) throw_if_any(faults);
  for (const std::string& fault : faults) fmt::print(stderr, "tricycle: left out: {}\n", fault);
  check_output_directory(options.out);

  const PreparedProblem prepared = prepare(*problem);
  const std::vector<RunResult> results = run_all(combinations, prepared);
  write_files(options.out, {{"compare.csv", to_csv(results)}, {"compare.json", to_json(results)}});
  if (options.json) {
    fmt::print("{}", to_json(results));
    return 0;
  }
  fmt::print("{}: {} chunk{} of {} tokens\n", problem->name, prepared.chunks.size(),
             prepared.chunks.size() == 1 ? "" : "s", problem->chunk);
  fmt::print("{}", comparison_table(results));
  fmt::print("written: {0}/compare.csv {0}/compare.json\n", options.out);
  return 0;
}

}  // namespace tricycle
