// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "models/error.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/notice.h"
#include "sim/cli/safety_columns.h"
#include "sim/cli/settings.h"
#include "sim/cli/tune_report.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"
#include "sim/host/output_file.h"
#include "sim/host/progress.h"
#include "sim/host/shipped_files.h"
#include "sim/tune/loss.h"
#include "sim/tune/safety_meter.h"

namespace tricycle {

namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 40;

/// Everything asked for, checked.
struct TuneTask {
  std::vector<HwConfig> machines;
  std::vector<Format> formats;  // none: all a machine has
  Problem problem;
  std::vector<std::int64_t> chunks;
  TuneRequest tune;
  int threads = 1;
};

TuneGoal parse_goal(const TuneOptions& options, std::vector<std::string>& faults) {
  constexpr double kMostDb = 300, kMostError = 1e6;
  TuneGoal goal;
  const auto metric =
      attempt(faults, [&] { return parse_choice("--metric", options.metric, kTuneMetrics); });
  goal.metric = metric.value_or(goal.metric);
  goal.over = attempt(faults, [&] {
                return parse_choice("--over", options.over, kTuneOvers);
              }).value_or(goal.over);
  goal.slack_db = attempt(faults, [&] {
                    return parse_number("--slack", options.slack, 0, kMostDb);
                  }).value_or(goal.slack_db);
  goal.cost = attempt(faults, [&] {
                return parse_choice("--cost", options.cost, kTuneCosts);
              }).value_or(goal.cost);
  const bool relative = options.tolerance == "forward_substitution";
  if (relative && goal.metric == TuneMetric::kBitsPerByte)
    faults.push_back(
        "--tolerance forward_substitution: expected a number of bits for --metric bits_per_byte");
  if (relative || !metric) return goal;
  const double least = is_snr(goal.metric) ? -kMostDb : 0;
  const double most = is_snr(goal.metric) ? kMostDb : kMostError;
  goal.tolerance =
      attempt(faults, [&] { return parse_number("--tolerance", options.tolerance, least, most); });
  return goal;
}

LossMeter make_loss(const TuneOptions& options, int threads, std::vector<std::string>& faults) {
  LossText what{options.model.value_or(shipped("workloads/data/gdn_lm")), "", 0, threads};
  what.text = options.text.value_or(what.model + "/acts.txt");
  const auto bytes =
      attempt(faults, [&] { return parse_count("--bytes", options.bytes, 1, kMostBytes); });
  if (!bytes) return {};
  what.bytes = *bytes;
  return attempt(faults, [&] { return make_loss_meter(what); }).value_or(LossMeter{});
}

void check_problem(const Problem& problem, const TuneOptions& options,
                   std::vector<std::string>& faults) {
  if (problem.input == InputKind::kMatrices && options.chunks)
    faults.push_back(fmt::format("--chunks {}: the matrices of {} have a size of their own",
                                 *options.chunks, options.files.back()));
}

TuneTask make_request(const TuneOptions& options) {
  if (options.files.size() < 2) throw InputError("tune: PROBLEM is required behind the machines");
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  TuneTask r;
  r.machines = load_machines({options.files.begin(), options.files.end() - 1}, set, faults);
  const auto problem =
      attempt(faults, [&] { return load_inversions(options.files.back(), set.problem); });
  r.tune.algorithms = chosen_algorithms(options.algorithms, UnnamedAlgorithms::kAll, faults);
  const auto fixed = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  r.formats = named_formats(options.formats, faults);
  for (const HwConfig& hw : r.machines)
    for (const Format format : r.formats)
      attempt(faults, [&] { return check_format(hw, format), true; });
  r.tune.goal = parse_goal(options, faults);
  if (r.tune.goal.cost == TuneCost::kEnergy)
    for (const HwConfig& hw : r.machines)
      if (!hw.cost_model.present)
        faults.push_back(fmt::format(
            "{}: --cost energy needs the section `cost` (`tricycle describe hw` lists its keys)",
            hw.name));
  if (options.chunks)
    r.chunks = parse_list("--chunks", *options.chunks, faults,
                          [](const std::string& text) { return parse_chunk("--chunks", text); });
  if (fixed) {
    check_taken(r.tune.algorithms, *fixed, faults);
    r.tune.fixed = *fixed;
  }
  r.threads = attempt(faults, [&] { return parse_threads(options.threads); }).value_or(r.threads);
  const auto safe = attempt(faults, [&] { return parse_safe(options.safe, options.safe_rule); });
  if (safe && *safe) {
    r.tune.goal.safe = (*safe)->error;
    r.tune.goal.safe_rule = (*safe)->rule->name;
    r.tune.safety = make_safety_meter(**safe, r.threads);
  }
  if (r.tune.goal.metric == TuneMetric::kBitsPerByte)
    r.tune.loss = make_loss(options, r.threads, faults);
  if (problem) check_problem(*problem, options, faults);
  throw_if_any(std::move(faults));
  r.problem = *problem;
  if (r.chunks.empty()) r.chunks = {r.problem.chunk};
  return r;
}

/// The problem, cut into chunks of every size that was asked for.
std::deque<TunedProblem> prepare_all(const TuneTask& r) {
  std::deque<TunedProblem> problems;
  for (const std::int64_t chunk : r.chunks) {
    Problem cut = r.problem;
    cut.chunk = chunk;
    PreparedProblem prepared = prepare(cut);
    print_input_note(prepared);
    problems.emplace_back(std::move(prepared), r.threads);
  }
  return problems;
}

std::optional<RunResult> whole_run(const TunedFormat& t, const std::optional<TunedPoint>& point,
                                   const std::deque<TunedProblem>& problems) {
  if (!point) return std::nullopt;
  const auto found = std::find_if(problems.begin(), problems.end(), [&](const TunedProblem& p) {
    return p.problem.problem.chunk == point->chunk;
  });
  return run(*t.hw, found->problem, *point->algorithm, point->options, t.format);
}

TuneReport tune_all(const TuneTask& r, std::deque<TunedProblem>& problems) {
  std::vector<TunedProblem*> pointers;
  for (TunedProblem& p : problems) pointers.push_back(&p);
  TuneReport report{problems.front().problem.problem,
                    digest(problems.front().problem.problem),
                    problems.front().problem.input_digest,
                    {},
                    r.tune.goal,
                    {},
                    {}};
  for (const TunedProblem& p : problems)
    if (!p.problem.input_note.empty())
      report.input_notes.push_back(
          fmt::format("chunks of {}: {}", p.problem.problem.chunk, p.problem.input_note));
  std::size_t searches = 0;
  for (const HwConfig& hw : r.machines)
    searches += (r.formats.empty() ? formats_of(hw) : r.formats).size() * problems.size() *
                r.tune.algorithms.size();
  Progress progress(searches);
  bool begun = false;
  const auto begin = [&](const std::string& what) {
    if (begun) progress.end();
    begun = true;
    progress.begin(what);
  };
  for (const HwConfig& hw : r.machines)
    for (const Format format : r.formats.empty() ? formats_of(hw) : r.formats) {
      report.outcomes.push_back(tune(hw, format, pointers, r.tune, begin));
      const TunedFormat& t = report.outcomes.back();
      report.runs.push_back(
          {whole_run(t, t.winner, problems), whole_run(t, t.runner_up, problems)});
    }
  return report;
}

/// "192 chunks of 32, 96 chunks of 64".
std::string sizes_text(const std::deque<TunedProblem>& problems) {
  std::string text;
  for (const TunedProblem& p : problems)
    text += fmt::format("{}{} chunk{} of {}", text.empty() ? "" : ", ", p.problem.chunks.size(),
                        p.problem.chunks.size() == 1 ? "" : "s", p.problem.problem.chunk);
  return text;
}

/// The machines on which no format meets the tolerance, each with the best result there is.
std::string shortfalls(const TuneReport& report, const std::vector<HwConfig>& machines) {
  std::string text;
  for (const HwConfig& hw : machines) {
    const TunedFormat* best = nullptr;
    bool met = false;
    for (const TunedFormat& t : report.outcomes) {
      if (t.hw->name != hw.name) continue;
      met = met || t.winner;
      if (t.most_accurate &&
          (best == nullptr || t.most_accurate->quality_db > best->most_accurate->quality_db))
        best = &t;
    }
    if (met) continue;
    text += fmt::format("{}{}: nothing meets {}", text.empty() ? "" : "\n", hw.name,
                        goal_text(report.goal));
    if (best == nullptr) continue;
    const TunedPoint& p = *best->most_accurate;
    text += fmt::format("; the best available is {}{}{} in {}: {}", p.algorithm->name,
                        p.parameters.empty() ? "" : " ", p.parameters, name(best->format),
                        p.accuracy.not_finite_chunks > 0 ? std::string("not finite")
                                                         : fmt::format("{:.1f} dB", p.quality_db));
  }
  return text;
}

}  // namespace

int tune_command(const TuneOptions& options) {
  const TuneTask request = make_request(options);
  check_output_directory(options.out);
  std::deque<TunedProblem> problems = prepare_all(request);
  const TuneReport report = tune_all(request, problems);
  for (std::size_t i = 0; i < request.machines.size(); ++i)
    print_warnings(options.files[i], split_settings(options.set).machine, request.machines[i]);
  const std::string written =
      write_results(options.out, {{"tune.json", tune_json(report)}, {"tune.csv", tune_csv(report)}},
                    options.json);
  if (options.json) {
    fmt::print("{}", tune_json(report));
  } else {
    fmt::print("{}: {} tokens; {}\n", report.problem.name, sizes_text(problems),
               goal_text(report.goal));
    fmt::print("{}", tune_summary(report));
    if (request.machines.size() == 1)
      for (std::size_t i = 0; i < report.outcomes.size(); ++i)
        fmt::print("{}", tune_details(report, i));
    fmt::print("{}", written);
  }
  const std::string missed = shortfalls(report, request.machines);
  if (!missed.empty()) throw RunError(missed);
  return 0;
}

}  // namespace tricycle
