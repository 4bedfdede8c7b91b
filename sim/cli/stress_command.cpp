// SPDX-License-Identifier: Apache-2.0
//
// `tricycle stress`: the inputs on which inversions are worst.
#include <fmt/format.h>

#include <memory>
#include <mutex>

#include "models/error.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/json_text.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/own_program.h"
#include "sim/cli/results_folder.h"
#include "sim/cli/settings.h"
#include "sim/cli/stress_report.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/host/output_file.h"
#include "sim/host/progress.h"

namespace tricycle {

namespace {

/// What was asked for, checked; the cases are made of it.
struct StressTask {
  HwConfig hw;
  std::vector<const Algorithm*> algorithms;
  std::vector<Format> formats;
  AlgorithmOptions given;
  std::int64_t chunk = 0;
  std::optional<LinearTerms> terms;
  StressRequest request;
};

std::vector<const KeyFamily*> chosen_families(const std::optional<std::string>& list,
                                              std::vector<std::string>& faults) {
  if (list)
    return parse_list("--families", *list, faults,
                      [](const std::string& text) { return &find_key_family(text); });
  std::vector<const KeyFamily*> all;
  for (const KeyFamily& family : key_families()) all.push_back(&family);
  return all;
}

/// The numbers of the search.
void parse_search(const StressOptions& options, StressRequest& request,
                  std::vector<std::string>& faults) {
  constexpr std::int64_t kMostEvaluations = 100'000'000, kMostSeed = 9007199254740991;
  constexpr double kLeastSeconds = 0.001, kMostSeconds = 1e6, kLeastThreshold = 1e-12,
                   kMostThreshold = 1e12;
  const auto take = [&](auto& to, auto parse) {
    if (auto value = attempt(faults, parse)) to = static_cast<std::decay_t<decltype(to)>>(*value);
  };
  attempt(faults, [&] { return request.rule = &find_input_rule(options.rule); });
  request.families = chosen_families(options.families, faults);
  take(request.evaluations,
       [&] { return parse_count("--evaluations", options.evaluations, 1, kMostEvaluations); });
  take(request.seed, [&] { return parse_count("--seed", options.seed, 0, kMostSeed); });
  take(request.threshold, [&] {
    return parse_number("--threshold", options.threshold, kLeastThreshold, kMostThreshold);
  });
  if (options.seconds)
    take(request.seconds,
         [&] { return parse_number("--seconds", *options.seconds, kLeastSeconds, kMostSeconds); });
  take(request.threads, [&] { return parse_threads(options.threads); });
  request.state = options.state;
  if (options.state) attempt(faults, [&] { return check_output_file(*options.state), true; });
}

StressTask parse_task(const StressOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<std::string> faults;
  StressTask task;
  for (const std::string& text : set.problem)
    faults.push_back(fmt::format("--set problem.{}: stress makes its own inputs", text));
  if (auto hw = attempt(faults, [&] { return load_hw_config(options.machine, set.machine); }))
    task.hw = std::move(*hw);
  task.algorithms = parse_list("--algorithm", options.algorithms, faults,
                               [](const std::string& text) { return &find_algorithm(text); });
  task.formats = parse_list("--format", options.formats, faults,
                            [](const std::string& text) { return parse_format("--format", text); });
  if (const auto given = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); })) {
    task.given = *given;
    check_taken(task.algorithms, task.given, faults);
  }
  task.chunk = attempt(faults, [&] { return parse_chunk("--chunk", options.chunk); }).value_or(0);
  if (const auto terms = attempt(faults, [&] { return parse_linear_terms(options.linear_terms); }))
    task.terms = *terms;
  parse_search(options, task.request, faults);
  throw_if_any(std::move(faults));
  check_output_directory(options.out);
  return task;
}

/// Lowers what can run; of one algorithm and format its faults are the user's.
void make_cases(StressTask& task, LeftOut& left_out) {
  const bool is_one = task.algorithms.size() == 1 && task.formats.size() == 1;
  for (const Algorithm* algorithm : task.algorithms)
    for (const Format format : task.formats) {
      const auto make = [&] {
        return StressCase(task.hw, *algorithm,
                          is_one ? task.given : taken_options(*algorithm, task.given), format,
                          task.chunk, task.terms);
      };
      std::vector<std::string> messages;
      auto made = is_one ? std::optional(make()) : attempt(messages, make);
      left_out.add(task.hw.name, algorithm->name, format, messages);
      if (made) task.request.cases.push_back(std::move(*made));
    }
  if (task.request.cases.empty()) throw_if_any(left_out.lines());
}

std::vector<StressResult> with_progress(const StressRequest& request) {
  std::unique_ptr<Progress> progress;
  std::once_flag made;
  return stress(
      request,
      [&](const std::string& what, std::size_t total) {
        std::call_once(made, [&] { progress = std::make_unique<Progress>(total); });
        progress->begin(what);
      },
      [&] { progress->end(); });
}

}  // namespace

int stress_command(const StressOptions& options) {
  StressTask task = parse_task(options);
  LeftOut left_out;
  make_cases(task, left_out);
  left_out.print();
  const StressReport report{&task.hw, &task.request, with_progress(task.request), left_out.lines()};
  print_warnings(options.machine, split_settings(options.set).machine, task.hw);
  const std::string json = json_text(stress_json(report));
  std::vector<OutputFile> files{{"stress.json", json},
                                {"stress.csv", stress_csv(report)},
                                {"stress.html", stress_page(report)}};
  for (OutputFile& file : stress_inputs(report)) files.push_back(std::move(file));
  const std::string written = write_results(options.out, files, options.json);
  if (options.json)
    fmt::print("{}", json);
  else
    fmt::print("{}\n{}", stress_text(report), written);
  return 0;
}

}  // namespace tricycle
