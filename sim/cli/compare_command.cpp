// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "models/error.h"
#include "reports/page.h"
#include "reports/point_table.h"
#include "reports/summaries.h"
#include "reports/trace_json.h"
#include "reports/writers.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/notice.h"
#include "sim/cli/own_program.h"
#include "sim/cli/results_folder.h"
#include "sim/cli/safety_columns.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_problem.h"
#include "sim/config/run_file.h"
#include "sim/engine/run.h"
#include "sim/engine/substitution.h"
#include "sim/host/output_file.h"
#include "sim/host/progress.h"
#include "sim/host/version.h"

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

/// Lowers every combination once, so that the ones that cannot run are reported before hours are
/// spent on the others.  Returns those that can run; says what is wrong with those that cannot.
std::vector<Combination> runnable(const std::vector<Combination>& combinations, int chunk,
                                  const Cut& fixed, LeftOut& left_out) {
  std::vector<Combination> good;
  for (const Combination& c : combinations) {
    std::vector<std::string> messages;
    attempt(messages, [&] {
      return lower(*c.algorithm, resolve_parameters(*c.algorithm, chunk, c.options), chunk,
                   c.format, *c.hw, fixed)
          .matmul_count;
    });
    left_out.add(c.hw->name, c.algorithm->name, c.format, messages);
    if (messages.empty()) good.push_back(c);
  }
  return good;
}

/// The requested formats that a machine has; all its formats where none were requested.
std::vector<Format> formats_on(const HwConfig& hw, const std::vector<Format>& named,
                               LeftOut& left_out) {
  if (named.empty()) return formats_of(hw);
  std::vector<Format> there;
  for (const Format format : named) {
    std::vector<std::string> messages;
    attempt(messages, [&] { return check_format(hw, format), true; });
    left_out.add(hw.name, "", format, messages);
    if (messages.empty()) there.push_back(format);
  }
  return there;
}

std::vector<UsedFormat> formats_in(const std::vector<Combination>& combinations) {
  std::vector<UsedFormat> formats;
  for (const Combination& c : combinations) formats.push_back({c.hw, c.format});
  return formats;
}

/// By label.
using Timelines = std::map<std::string, RunTimeline>;

std::vector<RunResult> run_all(const std::vector<Combination>& combinations,
                               const PreparedProblem& problem, const Cut& fixed,
                               Timelines& timelines) {
  constexpr std::int64_t kTracedChunks = 8;  // as many as are in flight on most machines
  std::vector<RunResult> results;
  Progress progress(combinations.size());
  for (const Combination& c : combinations) {
    progress.begin(label(c));
    RunTrace trace;
    trace.item_limit = kTracedChunks;
    results.push_back(run(*c.hw, problem, *c.algorithm, c.options, c.format, Fidelity::kTile,
                          &trace, nullptr, fixed));
    timelines[label(c)] = read_timeline(to_trace_json(results.back(), trace), label(c));
    progress.end();
  }
  rank(results);
  return results;
}

/// What a search for worst inputs says of results, in their order; none where it is not asked for.
SafetyColumns safety_of(const std::vector<RunResult>& results,
                        const std::vector<Combination>& combinations, const Cut& fixed,
                        const std::optional<SafetyLimit>& limit) {
  if (!limit) return {};
  std::vector<StressCase> cases;
  for (const RunResult& r : results)
    for (const Combination& c : combinations)
      if (c.hw->name == r.machine && c.algorithm->name == r.algorithm && c.format == r.format)
        cases.emplace_back(*c.hw, *c.algorithm, c.options, c.format, r.chunk, fixed.linear_terms);
  return safety_columns(std::move(cases), *limit, parse_threads("0"));
}

/// Of the fastest run of every algorithm on the first machine, the fastest first.
std::vector<RunTimeline> chosen_timelines(const std::vector<RunResult>& ranked,
                                          const Timelines& timelines) {
  std::vector<RunTimeline> chosen;
  std::set<std::string> algorithms;
  for (const RunResult& r : ranked)
    if (r.machine == ranked.front().machine && algorithms.insert(r.algorithm).second)
      chosen.push_back(
          timelines.at(fmt::format("{}, {}, {}", r.machine, r.algorithm, name(r.format))));
  return chosen;
}

/// "substitution in fp16 on edge_16x16: .." for every machine and format: the speed-ups' baseline
/// goes row by row, which is seldom the best that a machine can do.
std::string substitution_notes(const std::vector<Combination>& combinations, int chunk) {
  std::string text;
  std::set<std::pair<const HwConfig*, Format>> told;
  for (const Combination& c : combinations) {
    if (c.algorithm->name != "forward_substitution" || !told.insert({c.hw, c.format}).second)
      continue;
    const std::optional<Substitution> best = best_substitution(*c.hw, chunk, c.format);
    if (best)
      text += fmt::format("best substitution in {} on {}: {}, {:.0f} cycles/chunk\n",
                          name(c.format), c.hw->name, best->setting, best->timed.cycles_per_item);
  }
  return text;
}

struct Files {
  std::vector<std::string> machines;
  std::string problem;
};

/// The machines, followed by the problem as for the other commands, or the problem of --problem.
/// Throws InputError.
Files files_of(const CompareOptions& options) {
  const std::string& last = options.files.back();
  if (options.problem) {
    /// A file with faults is reported when it is read as a machine
    std::vector<std::string> ignored;
    if (attempt(ignored, [&] { return kind_of(last); }) == FileKind::kProblem)
      throw InputError(fmt::format("{}: a second problem beside --problem {}; give one", last,
                                   *options.problem));
    return {options.files, *options.problem};
  }
  const bool is_problem = kind_of(last) == FileKind::kProblem;
  if (options.files.size() < 2 || !is_problem)
    throw InputError(fmt::format("compare: PROBLEM is required behind the machines; {} is no {}",
                                 last, is_problem ? "machine" : "problem"));
  return {{options.files.begin(), options.files.end() - 1}, last};
}

/// What `tricycle run` takes to make each result again: the --set that its algorithm takes.
void add_origins(const std::vector<RunResult>& results, const Files& files,
                 const std::vector<HwConfig>& machines, const CompareOptions& options,
                 PointTable& table) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const RunResult& r = results[i];
    const Algorithm& algorithm = find_algorithm(r.algorithm);
    PointOrigin origin{"where `tricycle compare` ran", "", files.problem, {}};
    for (std::size_t m = 0; m < machines.size(); ++m)
      if (machines[m].name == r.machine) origin.machine = files.machines[m];
    for (const std::string& set : options.set) {
      constexpr std::string_view kOfAlgorithm = "algorithm.";
      const std::string_view key = std::string_view(set).substr(0, set.find('='));
      if (!key.starts_with(kOfAlgorithm) || algorithm.has(key.substr(kOfAlgorithm.size())))
        origin.set.push_back(set);
    }
    table.points[i].origin = table.origins.size();
    table.origins.push_back(std::move(origin));
  }
}

/// report.html: the results as a design space of machines, algorithms and formats.
std::string comparison_page(const std::vector<RunResult>& results, const Timelines& timelines,
                            const Files& files, const std::vector<HwConfig>& machines,
                            const CompareOptions& options, const std::vector<std::string>& left_out,
                            const std::string& safety) {
  const std::string& problem = results.front().problem;
  PointTable table = to_point_table(results, "Comparison on " + problem);
  table.timelines = chosen_timelines(results, timelines);
  add_origins(results, files, machines, options, table);
  table.provenance = {{"version", kVersion},
                      {"problem", problem},
                      {"problem_digest (SHA-256)", results.front().problem_digest},
                      {"input_digest (SHA-256)", results.front().input_digest}};
  if (const std::string& note = results.front().input_note; !note.empty())
    table.provenance.emplace_back("input", note);
  std::set<std::string> told;
  for (const RunResult& result : results)
    if (told.insert(result.machine).second)
      table.provenance.emplace_back(fmt::format("machine_digest of {} (SHA-256)", result.machine),
                                    result.machine_digest);
  for (const std::string& set : options.set) table.provenance.emplace_back("--set", set);
  if (!safety.empty()) table.provenance.emplace_back("--safe", safety);
  for (const std::string& fault : left_out) table.provenance.emplace_back("left out", fault);
  return to_html(table);
}

/// Where results add their linear terms, if the machine has several ways: each has its own bits.
std::string linear_terms_note(const std::vector<RunResult>& results) {
  std::map<std::pair<std::string, std::string>, std::string> told;  // by machine and way
  for (const RunResult& r : results) {
    constexpr std::string_view kWord = " terms ";
    const std::size_t at = r.cut.find(kWord);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + kWord.size();
    std::string& names = told[{r.machine, r.cut.substr(begin, r.cut.find(' ', begin) - begin)}];
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", r.algorithm, name(r.format));
  }
  std::string text;
  for (const auto& [of, names] : told)
    text += fmt::format("linear terms on {}, {}: {}\n", of.first, of.second, names);
  return text;
}

}  // namespace

int compare_command(const CompareOptions& options) {
  const Settings set = split_settings(options.set);
  const Files files = files_of(options);
  std::vector<std::string> faults;
  const std::vector<HwConfig> machines = load_machines(files.machines, set, faults);
  const auto problem = attempt(faults, [&] { return load_inversions(files.problem, set.problem); });
  const std::vector<const Algorithm*> rows =
      chosen_algorithms(options.algorithms, UnnamedAlgorithms::kCompared, faults);
  const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const std::vector<Format> named = named_formats(options.formats, faults);
  const auto safe = attempt(faults, [&] { return parse_safe(options.safe, options.safe_rule); });
  const auto terms = attempt(faults, [&] { return parse_linear_terms(options.linear_terms); });
  if (given) check_taken(rows, *given, faults);
  throw_if_any(std::move(faults));

  // Runs what can run, and reports what cannot.
  const Cut fixed{.linear_terms = *terms};
  LeftOut left_out;
  std::vector<Combination> combinations;
  for (const HwConfig& hw : machines) {
    const std::vector<Format> formats = formats_on(hw, named, left_out);
    for (const Algorithm* algorithm : rows)
      for (const Format format : formats)
        combinations.push_back({&hw, algorithm, taken_options(*algorithm, *given), format});
  }
  combinations = runnable(combinations, static_cast<int>(problem->chunk), fixed, left_out);
  if (combinations.empty()) throw_if_any(left_out.lines());
  check_output_directory(options.out);
  left_out.print();

  const PreparedProblem prepared = prepare(*problem);
  print_input_note(prepared);
  print_range_notes(prepared.problem.name, prepared.chunks, formats_in(combinations));
  Timelines timelines;
  const std::vector<RunResult> results = run_all(combinations, prepared, fixed, timelines);
  const SafetyColumns safety = safety_of(results, combinations, fixed, *safe);
  for (std::size_t i = 0; i < machines.size(); ++i)
    print_warnings(files.machines[i], set.machine, machines[i]);
  const std::string written =
      write_results(options.out,
                    {{"compare.csv", to_csv(results, safety.added)},
                     {"compare.json", to_json(results, safety.added)},
                     {"left_out.csv", left_out.csv()},
                     {"report.html", comparison_page(results, timelines, files, machines, options,
                                                     left_out.lines(), safety.note)}},
                    options.json);
  if (options.json) {
    fmt::print("{}", to_json(results, safety.added));
    return 0;
  }
  fmt::print("{}: {} chunk{} of {} tokens\n", problem->name, prepared.chunks.size(),
             prepared.chunks.size() == 1 ? "" : "s", problem->chunk);
  fmt::print("{}speedup: over forward_substitution, row by row\n{}{}{}{}",
             comparison_table(results, safety.shown), safety.note,
             substitution_notes(combinations, static_cast<int>(problem->chunk)),
             linear_terms_note(results), written);
  return 0;
}

}  // namespace tricycle
