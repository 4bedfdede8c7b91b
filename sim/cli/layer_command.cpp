// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/error.h"
#include "reports/text_table.h"
#include "sim/cli/commands.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/layer.h"
#include "sim/run.h"
#include "sim/version.h"

namespace tricycle {

namespace {

constexpr std::string_view kBaseline = "forward_substitution";
constexpr std::int64_t kMostInFlight = 4096;

struct LayerRun {
  HwConfig hw;
  Problem problem;
  LayerChoice choice;
  std::vector<const Algorithm*> algorithms;  // the baseline first
  AlgorithmOptions options;
  Format format = Format::kFp16;
};

DeltaForm parse_form(const std::string& text) {
  if (text == "ut") return DeltaForm::kUt;
  if (text == "delta") return DeltaForm::kDelta;
  if (text == "rhs") return DeltaForm::kRightHandSides;
  throw InputError(fmt::format("--form {}: expected one of ut, delta, rhs", text));
}

/// All faults of the files and the options at once.
LayerRun make_run(const LayerOptions& o) {
  const Settings set = split_settings(o.set);
  std::vector<std::string> faults;
  const auto hw = attempt(faults, [&] { return load_hw_config(o.machine, set.machine); });
  const auto problem = attempt(faults, [&] { return load_layer(o.problem, set.problem); });
  LayerRun run;
  run.algorithms = {&find_algorithm(kBaseline)};
  for (const Algorithm* named :
       parse_list("--algorithm", o.algorithms, faults,
                  [](const std::string& name) { return &find_algorithm(name); }))
    if (named != run.algorithms.front()) run.algorithms.push_back(named);
  const auto options = attempt(faults, [&] { return parse_algorithm_options(set.algorithm); });
  const auto format = attempt(faults, [&] { return parse_format("--format", o.format); });
  const auto mode = attempt(faults, [&] { return &find_rounding_mode(o.mode); });
  const auto form = attempt(faults, [&] { return parse_form(o.form); });
  const auto in_flight = attempt(faults, [&] {
    return parse_count("--solve-in-flight", o.solve_in_flight, 0, kMostInFlight);
  });
  throw_if_any(std::move(faults));
  run.hw = *hw;
  run.problem = *problem;
  run.options = *options;
  run.format = *format;
  run.choice = {*mode, *form, *in_flight, o.share_products};
  return run;
}

using TextRows = std::vector<std::vector<std::string>>;

std::string whole(double value) { return fmt::format("{:.0f}", value); }
std::string percent(double part) { return fmt::format("{:.1f}", 100 * part); }

/// The stages with the inversion of one algorithm in its place, named by it: "solve
/// (block_doubling)".
std::vector<StageCycles> stages_with(const LayerCycles& cycles,
                                     const LayerCycles::Inversion* inversion) {
  std::vector<StageCycles> all = cycles.others;
  if (inversion != nullptr)
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(cycles.solve_at), inversion->stage)
        ->name += fmt::format(" ({})", inversion->algorithm);
  return all;
}

void print_stages(const LayerRun& run, const LayerCycles& cycles) {
  const LayerCycles::Inversion* last =
      cycles.inversions.empty() ? nullptr : &cycles.inversions.back();
  const std::vector<StageCycles> stages = stages_with(cycles, last);
  double total = 0;
  for (const StageCycles& stage : stages) total += stage.cycles;
  const auto tokens = static_cast<double>(run.problem.layer.tokens);
  TextRows rows;
  for (const StageCycles& s : stages)
    rows.push_back({s.name, s.work, whole(s.cycles), fmt::format("{:.1f}", s.cycles / tokens),
                    percent(s.cycles / total), std::string(s.bound_by)});
  rows.push_back({"layer", "", whole(total), fmt::format("{:.1f}", total / tokens), "100.0", ""});
  fmt::print("{}", text_table({{"stage", "", false},
                               {"work", "", false},
                               {"cycles", ""},
                               {"per token", ""},
                               {"share", "%"},
                               {"bound by", "", false}},
                              rows));
}

void print_inversions(const LayerCycles& cycles) {
  TextRows rows;
  for (const LayerCycles::Inversion& i : cycles.inversions)
    rows.push_back({i.algorithm + (i.parameters.empty() ? "" : " " + i.parameters),
                    whole(i.stage.cycles), percent(cycles.share(i)), whole(cycles.total(i)),
                    percent(cycles.saved(i))});
  fmt::print("\n{}", text_table({{"inversion by", "", false},
                                 {"cycles", ""},
                                 {"share", "%"},
                                 {"layer", "cycles"},
                                 {"saved", "%"}},
                                rows));
}

nlohmann::ordered_json to_document(const LayerOptions& o, const LayerRun& run,
                                   const LayerCycles& cycles) {
  using Json = nlohmann::ordered_json;
  const auto stage = [](const StageCycles& s) {
    return Json{{"stage", s.name},
                {"work", s.work},
                {"items", s.items},
                {"cycles", s.cycles},
                {"bound_by", s.bound_by}};
  };
  Json stages = Json::array(), inversions = Json::array();
  for (const StageCycles& s : cycles.others) stages.push_back(stage(s));
  for (const LayerCycles::Inversion& i : cycles.inversions) {
    Json row{{"algorithm", i.algorithm}, {"parameters", i.parameters}};
    row.update(stage(i.stage));
    row["layer_cycles"] = cycles.total(i);
    row["share"] = cycles.share(i);
    row["saved"] = cycles.saved(i);
    inversions.push_back(std::move(row));
  }
  return {{"version", kVersion},
          {"machine", run.hw.name},
          {"machine_digest", digest(run.hw)},
          {"problem", run.problem.name},
          {"problem_digest", digest(run.problem)},
          {"phase", run.problem.layer.phase},
          {"tokens", run.problem.layer.tokens},
          {"chunk", run.problem.chunk},
          {"format", name(run.format)},
          {"mode", o.mode},
          {"form", o.form},
          {"solve_in_flight", run.choice.solve_in_flight},
          {"share_products", o.share_products},
          {"stages", std::move(stages)},
          {"inversions", std::move(inversions)}};
}

}  // namespace

int layer_command(const LayerOptions& options) {
  const LayerRun run = make_run(options);
  const LayerCycles cycles =
      layer_cycles(run.hw, run.problem, run.choice, run.algorithms, run.options, run.format);
  if (options.json) {
    fmt::print("{}\n", to_document(options, run, cycles).dump(2));
    return 0;
  }
  fmt::print("{} on {}: {} of {} tokens, chunks of {}, {} by form {}\n", run.problem.name,
             run.hw.name, run.problem.layer.phase, run.problem.layer.tokens, run.problem.chunk,
             options.mode, options.form);
  print_stages(run, cycles);
  if (!cycles.inversions.empty()) print_inversions(cycles);
  return 0;
}

}  // namespace tricycle
