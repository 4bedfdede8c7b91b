// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <set>

#include "models/error.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/output_file.h"
#include "sim/run.h"
#include "sim/version.h"

namespace tricycle {

namespace {

/// Everything needed to make the result again.
std::string resolved_config(const HwConfig& hw, const Problem& problem, const RunOptions& options,
                            const std::vector<std::string>& algorithm_set) {
  std::string text = fmt::format("# tricycle {}: run HW PROBLEM --algorithm {} --format {}",
                                 kVersion, options.algorithm, options.format);
  for (const std::string& s : algorithm_set) text += " --set algorithm." + s;
  text += "\n# machine\n" + dump_hw_config(hw) + "---\n# problem\n" + dump_problem(problem);
  return text;
}

std::vector<const Algorithm*> chosen_algorithms(const std::string& list) {
  std::vector<const Algorithm*> out;
  for (const std::string& name : split_list(list)) out.push_back(&find_algorithm(name));
  if (list.empty())
    for (const Algorithm& row : algorithms()) out.push_back(&row);
  return out;
}

std::vector<Format> chosen_formats(const std::string& list, const HwConfig& hw) {
  std::vector<Format> out;
  for (const std::string& name : split_list(list)) out.push_back(parse_format(name));
  if (list.empty())
    for (const FormatInfo& row : kFormats)
      if (hw.support(row.id).present) out.push_back(row.id);
  return out;
}

/// Only the options an algorithm has: `compare` gives the same --set to all of them.
AlgorithmOptions restricted(const AlgorithmOptions& options, const Algorithm& algorithm) {
  AlgorithmOptions out;
  for (std::string_view key : algorithm.parameters) {
    if (key == "order") out.order = options.order;
    if (key == "steps") out.steps = options.steps;
    if (key == "mask_width") out.mask_width = options.mask_width;
    if (key == "block") out.block = options.block;
    if (key == "mask") out.mask = options.mask;
    if (key == "evaluation") out.evaluation = options.evaluation;
  }
  return out;
}

class Progress {
 public:
  explicit Progress(std::size_t total) : total_(total), terminal_(isatty(STDERR_FILENO) != 0) {}
  void step(const std::string& what) {
    if (terminal_) fmt::print(stderr, "\r\033[K[{}/{}] {}", ++done_, total_, what);
  }
  ~Progress() {
    if (terminal_) fmt::print(stderr, "\r\033[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  std::size_t total_, done_ = 0;
  bool terminal_;
};

}  // namespace

int run_command(const RunOptions& options) {
  check_fidelity(options.fidelity);
  const Settings set = split_settings(options.set);
  const HwConfig hw = load_hw_config(options.machine, set.machine);
  const Problem problem = load_problem(options.problem, set.problem);
  const Algorithm& algorithm = find_algorithm(options.algorithm);
  const AlgorithmOptions algorithm_options = parse_algorithm_options(set.algorithm);
  const Format format = parse_format(options.format);
  if (options.dump_program) {
    const int chunk = static_cast<int>(problem.chunk);
    fmt::print("{}",
               to_text(lower(algorithm, resolve_parameters(algorithm, chunk, algorithm_options),
                             chunk, format, hw),
                       hw));
    return 0;
  }
  const RunResult result = run(hw, prepare(problem), algorithm, algorithm_options, format);
  make_directory(options.out);
  write_file(options.out + "/result.json", to_json(result));
  write_file(options.out + "/result.csv", to_csv({result}));
  write_file(options.out + "/config.resolved.yaml",
             resolved_config(hw, problem, options, set.algorithm));
  fmt::print("{}", options.json ? to_json(result) : run_summary(result));
  return 0;
}

int compare_command(const CompareOptions& options) {
  const Settings set = split_settings(options.set);
  std::vector<HwConfig> machines;
  std::set<std::string> names;
  for (const std::string& path : options.machines) {
    machines.push_back(load_hw_config(path, set.machine));
    if (!names.insert(machines.back().name).second)
      throw InputError(fmt::format("{}: a second machine named {}; give it a name of its own", path,
                                   machines.back().name));
  }
  const std::vector<const Algorithm*> rows = chosen_algorithms(options.algorithms);
  const AlgorithmOptions algorithm_options = parse_algorithm_options(set.algorithm);
  const PreparedProblem problem = prepare(load_problem(options.problem, set.problem));

  std::vector<RunResult> results;
  Progress progress(machines.size() * rows.size() *
                    chosen_formats(options.formats, machines.front()).size());
  for (const HwConfig& hw : machines)
    for (const Algorithm* algorithm : rows)
      for (Format format : chosen_formats(options.formats, hw)) {
        progress.step(fmt::format("{} {} {}", hw.name, algorithm->name, name(format)));
        results.push_back(
            run(hw, problem, *algorithm, restricted(algorithm_options, *algorithm), format));
      }
  rank(results);
  make_directory(options.out);
  write_file(options.out + "/compare.csv", to_csv(results));
  write_file(options.out + "/compare.json", to_json(results));
  if (options.json) {
    fmt::print("{}", to_json(results));
    return 0;
  }
  fmt::print("{}: {} chunks of {}\n", problem.problem.name, problem.chunks.size(),
             problem.problem.chunk);
  fmt::print("{}", comparison_table(results));
  fmt::print("written: {0}/compare.csv {0}/compare.json\n", options.out);
  return 0;
}

}  // namespace tricycle
