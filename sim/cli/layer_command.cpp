// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/error.h"
#include "models/json.h"
#include "sim/cli/choice_tables.h"
#include "sim/cli/choices.h"
#include "sim/cli/commands.h"
#include "sim/cli/layer_report.h"
#include "sim/cli/machine_warnings.h"
#include "sim/cli/settings.h"
#include "sim/config/layers.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/layer.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"

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

/// Collects all faults of the files and the options.
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
  if (options) check_taken(run.algorithms, *options, faults);
  const auto format = attempt(faults, [&] { return parse_format("--format", o.format); });
  const auto mode = attempt(faults, [&] { return &find_rounding_mode(o.mode); });
  const auto form = attempt(faults, [&] { return parse_choice("--form", o.form, kDeltaForms); });
  const auto kkt = attempt(faults, [&]() -> const ChannelGateVariant* {
    if (problem && o.kkt && !problem->layer.is_kda())
      throw InputError(fmt::format("--kkt {}: {} is no KDA layer (layer.rule: kda); leave it out",
                                   *o.kkt, problem->name));
    return o.kkt ? &find_channel_gates(*o.kkt) : nullptr;
  });
  const auto in_flight = attempt(faults, [&] {
    return parse_count("--solve-in-flight", o.solve_in_flight, 0, kMostInFlight);
  });
  throw_if_any(std::move(faults));
  run.hw = *hw;
  run.problem = *problem;
  run.options = *options;
  run.format = *format;
  run.choice = {*mode, *form, *in_flight, o.share_products, *kkt};
  return run;
}

/// Keeps the algorithms that can run; reports the others with the reason.  If none can run, all
/// stay, and the simulation says what the machine lacks.
void keep_runnable(LayerRun& run, LeftOut& left_out) {
  if (run.problem.layer.phase != "prefill") return;  // no inversion
  std::vector<const Algorithm*> good;
  for (const Algorithm* algorithm : run.algorithms) {
    std::vector<std::string> messages;
    const bool runs =
        attempt(messages, [&] {
          check_inversion(run.hw, run.problem, run.choice, *algorithm, run.options, run.format);
          return true;
        }).has_value();
    if (runs) good.push_back(algorithm);
    left_out.add(run.hw.name, algorithm->name, run.format, messages);
  }
  if (good.empty())
    left_out = {};
  else
    run.algorithms = std::move(good);
}

/// As docs/layer.md explains.
class Document {
 public:
  Document(const LayerRun& run, const LayerCycles& cycles, const LayerScale& scale)
      : run_(run), cycles_(cycles), scale_(scale) {}

  Json json(const LayerOptions& o, const std::vector<std::string>& left_out) const {
    Json stages = Json::array(), inversions = Json::array();
    for (const StageCycles& s : cycles_.others) stages.push_back(stage(s));
    for (const LayerCycles::Inversion& i : cycles_.inversions) inversions.push_back(inversion(i));
    return {{"version", kVersion},
            {"machine", run_.hw.name},
            {"machine_digest", digest(run_.hw)},
            {"problem", run_.problem.name},
            {"problem_digest", digest(run_.problem)},
            {"phase", run_.problem.layer.phase},
            {"tokens", run_.problem.layer.tokens},
            {"chunk", run_.problem.chunk},
            {"clock_ghz", run_.hw.clock_ghz},
            {"format", name(run_.format)},
            {"mode", o.mode},
            {"form", o.form},
            {"solve_in_flight", run_.choice.solve_in_flight},
            {"share_products", o.share_products},
            {"kkt", kkt_name()},
            {"stages", std::move(stages)},
            {"inversions", std::move(inversions)},
            {"worth", worth()},
            {"left_out", left_out}};
  }

 private:
  /// null but for KDA layers.
  Json kkt_name() const {
    if (!run_.problem.layer.is_kda()) return nullptr;
    return run_.choice.channel_gates ? run_.choice.channel_gates->name : kUsualChannelGates;
  }
  template <typename Scale>
  static Json scaled(const std::optional<double>& pj, Scale scale) {
    return pj ? Json(scale(*pj)) : Json(nullptr);
  }
  Json stage(const StageCycles& s) const {
    return {{"stage", s.name},
            {"work", s.work},
            {"items", s.items},
            {"cycles", s.cycles},
            {"ms", scale_.ms(s.cycles)},
            {"energy_uj_per_token",
             scaled(s.energy_pj, [&](double pj) { return scale_.uj_per_token(pj); })},
            {"bound_by", s.bound_by},
            {"bound_cycles", s.bound_cycles},
            {"gap", s.gap},
            {"gap_cause", s.gap_cause}};
  }
  Json inversion(const LayerCycles::Inversion& i) const {
    Json row{{"algorithm", i.algorithm}, {"parameters", i.parameters}};
    row.update(stage(i.stage));
    const double total = cycles_.total(i);
    row["layer_cycles"] = total;
    row["layer_ms"] = scale_.ms(total);
    row["layer_tokens_per_s"] = scale_.tokens_per_s(total);
    row["layer_energy_mj"] = scaled(cycles_.energy_pj(&i), pj_to_mj);
    row["share"] = cycles_.share(i);
    row["saved"] = cycles_.saved(i);
    return row;
  }
  Json worth() const {
    if (cycles_.inversions.empty()) return nullptr;
    const InversionWorth w = inversion_worth(cycles_);
    return {{"least_share", w.least_share},
            {"largest_share", w.largest_share},
            {"best", w.best->algorithm},
            {"slowest", w.slowest->algorithm},
            {"saved_cycles", w.saved_cycles},
            {"saved_ms", scale_.ms(w.saved_cycles)},
            {"saved", w.saved}};
  }

  const LayerRun& run_;
  const LayerCycles& cycles_;
  const LayerScale& scale_;
};

/// What a whole pass through the layer takes, by the last algorithm: in decode there is none.
std::string layer_text(const LayerCycles& cycles, const LayerScale& scale) {
  const LayerCycles::Inversion* last =
      cycles.inversions.empty() ? nullptr : &cycles.inversions.back();
  const double total = last != nullptr ? cycles.total(*last) : cycles.other_cycles();
  std::string text =
      fmt::format("layer: {:.3f} ms, {:.0f} tokens/s", scale.ms(total), scale.tokens_per_s(total));
  if (const auto pj = cycles.energy_pj(last))
    text += fmt::format(", {:.4g} mJ = {:.4g} uJ a token (nominal)", pj_to_mj(*pj),
                        scale.uj_per_token(*pj));
  return text +
         fmt::format(" at {} GHz; one layer of the model, launches aside\n", scale.clock_ghz);
}

}  // namespace

int layer_command(const LayerOptions& options) {
  LayerRun run = make_run(options);
  LeftOut left_out;
  keep_runnable(run, left_out);
  left_out.print();
  const LayerCycles cycles =
      layer_cycles(run.hw, run.problem, run.choice, run.algorithms, run.options, run.format);
  print_warnings(options.machine, split_settings(options.set).machine, run.hw);
  const LayerScale scale{run.hw.clock_ghz, run.problem.layer.tokens};
  if (options.json) {
    fmt::print("{}\n", Document(run, cycles, scale).json(options, left_out.lines()).dump(2));
    return 0;
  }
  fmt::print("{} on {}: {} of {} tokens, chunks of {}, {} by form {}\n", run.problem.name,
             run.hw.name, run.problem.layer.phase, run.problem.layer.tokens, run.problem.chunk,
             options.mode, options.form);
  fmt::print("{}{}", stage_table(cycles, scale), layer_text(cycles, scale));
  if (!cycles.inversions.empty())
    fmt::print("\n{}{}", inversion_table(cycles, scale), worth_text(cycles, scale));
  return 0;
}

}  // namespace tricycle
