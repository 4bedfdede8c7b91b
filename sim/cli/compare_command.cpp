// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "models/error.h"
#include "reports/summaries.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/cli/progress.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
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

std::vector<HwConfig> load_machines(const CompareOptions& options, const Settings& set,
                                    std::vector<std::string>& faults) {
  std::vector<HwConfig> machines;
  std::set<std::string> names;
  for (const std::string& path : options.machines) {
    auto hw = attempt(faults, [&] { return load_hw_config(path, set.machine); });
    if (!hw) continue;
    if (!names.insert(hw->name).second)
      faults.push_back(
          fmt::format("{}: a second machine named {}; give it a name of its own", path, hw->name));
    machines.push_back(std::move(*hw));
  }
  return machines;
}

std::vector<const Algorithm*> chosen_algorithms(const std::optional<std::string>& list,
                                                std::vector<std::string>& faults) {
  std::vector<const Algorithm*> out;
  if (!list || *list == "all") {
    for (const Algorithm& row : algorithms())
      if (list || row.compared_by_default) out.push_back(&row);
    return out;
  }
  const auto names = attempt(faults, [&] { return split_list("--algorithms", *list); });
  for (const std::string& name : names.value_or(std::vector<std::string>{}))
    if (const auto row = attempt(faults, [&] { return &find_algorithm(name); }))
      out.push_back(*row);
  return out;
}

/// The formats of the list, or none: then every machine takes part with all it has.
std::vector<Format> named_formats(const std::optional<std::string>& list,
                                  std::vector<std::string>& faults) {
  std::vector<Format> out;
  if (!list) return out;
  const auto names = attempt(faults, [&] { return split_list("--formats", *list); });
  for (const std::string& name : names.value_or(std::vector<std::string>{}))
    if (const auto format = attempt(faults, [&] { return parse_format("--formats", name); }))
      out.push_back(*format);
  return out;
}

std::vector<Format> formats_of(const HwConfig& hw) {
  std::vector<Format> out;
  for (const FormatInfo& row : kFormats)
    if (hw.support(row.id).present) out.push_back(row.id);
  return out;
}

/// An option that none of the algorithms takes would change nothing.
void check_taken(const std::vector<const Algorithm*>& chosen, const AlgorithmOptions& options,
                 std::vector<std::string>& faults) {
  AlgorithmOptions taken;
  for (const Algorithm* algorithm : chosen)
    for (std::string_view key : algorithm->parameters) find_parameter(key).copy(options, taken);
  for (std::string_view key : given_options(options))
    if (!find_parameter(key).given(taken))
      faults.push_back(
          fmt::format("--set algorithm.{}: none of the compared algorithms has this parameter; "
                      "`tricycle list algorithms` says which do",
                      key));
}

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
  const std::vector<HwConfig> machines = load_machines(options, set, faults);
  const auto problem = attempt(faults, [&] { return load_problem(options.problem, set.problem); });
  const std::vector<const Algorithm*> rows = chosen_algorithms(options.algorithms, faults);
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const std::vector<Format> named = named_formats(options.formats, faults);
  for (const HwConfig& hw : machines)
    for (Format format : named) attempt(faults, [&] { return check_format(hw, format), true; });
  if (given) check_taken(rows, *given, faults);
  throw_if_any(std::move(faults));

  std::vector<Combination> combinations;
  for (const HwConfig& hw : machines)
    for (const Algorithm* algorithm : rows)
      for (Format format : options.formats ? named : formats_of(hw))
        if (options.formats || algorithm->takes(format))
          combinations.push_back({&hw, algorithm, taken_options(*algorithm, *given), format});
  combinations = runnable(combinations, static_cast<int>(problem->chunk), faults);
  // Of everything there is, what does not fit is left out; what was asked for must run.
  const bool asked = (options.algorithms && *options.algorithms != "all") || options.formats;
  if (combinations.empty() || asked) throw_if_any(faults);
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
