// SPDX-License-Identifier: Apache-2.0
//
// Writes tune.json and tune.csv.
#include <fmt/format.h>

#include <cmath>

#include "models/json.h"
#include "reports/bottleneck.h"
#include "reports/writers.h"
#include "sim/cli/settings.h"
#include "sim/cli/tune_report.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

/// Figures that are not finite do not exist.
Json or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_object(const TunedPoint& p) {
  Json parameters = Json::object();
  for (const auto& [key, text] :
       parameter_texts(*p.algorithm, resolve_parameters(*p.algorithm, p.chunk, p.options)))
    parameters[std::string(key)] = text;
  return {{"algorithm", p.algorithm->name},
          {"parameters", parameters},
          {"chunk", p.chunk},
          {"cycles_per_chunk", p.cycles_per_chunk},
          {"cycles_per_token", p.cycles_per_token()},
          {"energy_pj_per_chunk", or_null(p.energy_pj_per_chunk)},
          {"y_snr_db_mean", or_null(p.accuracy.y_snr_db_mean)},
          {"y_snr_db_worst", or_null(p.accuracy.y_snr_db_worst)},
          {"y_rel_error_mean", or_null(p.accuracy.y_rel_error_mean)},
          {"y_rel_error_max", or_null(p.accuracy.y_rel_error_max)},
          {"y_correlation_worst", or_null(p.accuracy.y_correlation_worst)},
          {"snr_db_mean", or_null(p.accuracy.snr_db_mean)},
          {"snr_db_worst", or_null(p.accuracy.snr_db_worst)},
          {"rel_error_mean", or_null(p.accuracy.rel_error_mean)},
          {"rel_error_max", or_null(p.accuracy.rel_error_max)},
          {"not_finite_chunks", p.accuracy.not_finite_chunks},
          {"extra_bits_per_byte", or_null(p.extra_bits)},
          {"worst_found_y_rel_error", p.worst_found ? or_null(*p.worst_found) : Json(nullptr)},
          {"meets", p.meets}};
}

Json to_object(const std::optional<TunedPoint>& p) { return p ? to_object(*p) : Json(nullptr); }

/// The setting with what bounds it.
Json with_bounds(const std::optional<TunedPoint>& p, const std::optional<RunResult>& run) {
  if (!p || !run) return nullptr;
  Json object = to_object(*p);
  object["latency_cycles"] = run->latency_cycles();
  object["bound_by"] = kResources[static_cast<std::size_t>(bottleneck(*run).resource)].name;
  Json bounds = Json::object();
  const auto least = lower_bound_cycles(*run);
  for (std::size_t i = 0; i < least.size(); ++i) bounds[std::string(kResources[i].name)] = least[i];
  object["lower_bound_cycles"] = bounds;
  return object;
}

Json to_object(const TunedAlgorithm& a) {
  return {
      {"algorithm", a.algorithm->name},  {"chunk", a.chunk},
      {"settings", a.counts.settings},   {"computed_on_every_chunk", a.counts.accurate},
      {"simulated", a.counts.simulated}, {"unfit", a.counts.unfit},
      {"unsafe", a.counts.unsafe},       {"fault", a.fault.empty() ? Json(nullptr) : Json(a.fault)},
      {"front_points", a.front.size()}};
}

Json to_object(const TunedFormat& t, const TuneRuns& runs) {
  Json front = Json::array(), algorithms = Json::array();
  for (const TunedPoint& p : t.front) front.push_back(to_object(p));
  for (const TunedAlgorithm& a : t.algorithms) algorithms.push_back(to_object(a));
  return {{"machine", t.hw->name},
          {"machine_digest", digest(*t.hw)},
          {"format", name(t.format)},
          {"accumulation", accumulation_text(*t.hw, t.format)},
          {"tolerance_db", or_null(t.tolerance_db)},
          {"winner", with_bounds(t.winner, runs.winner)},
          {"runner_up", with_bounds(t.runner_up, runs.runner_up)},
          {"most_accurate", to_object(t.most_accurate)},
          {"published", to_object(t.published)},
          {"forward_substitution", to_object(t.forward_substitution)},
          {"front", front},
          {"algorithms", algorithms}};
}

Cell cell_of(const std::optional<double>& value) { return value ? Cell(*value) : Cell(); }

std::string csv_row(const TunedFormat& t, const std::string& role, const TunedPoint& p) {
  return csv_line(
             {t.hw->name,
              std::string(name(t.format)),
              role,
              std::string(p.algorithm->name),
              p.parameters,
              std::int64_t{p.chunk},
              p.cycles_per_chunk,
              p.cycles_per_token(),
              cell_of(p.energy_pj_per_chunk),
              p.accuracy.y_snr_db_mean,
              p.accuracy.y_snr_db_worst,
              p.accuracy.y_rel_error_mean,
              p.accuracy.y_rel_error_max,
              p.accuracy.y_correlation_worst,
              p.accuracy.snr_db_mean,
              p.accuracy.snr_db_worst,
              p.accuracy.rel_error_mean,
              p.accuracy.rel_error_max,
              cell_of(p.extra_bits),
              std::int64_t{p.meets},
              p.worst_found && std::isfinite(*p.worst_found) ? Cell(*p.worst_found) : Cell()}) +
         "\n";
}

}  // namespace

std::string tune_json(const TuneReport& report) {
  Json outcomes = Json::array();
  for (std::size_t i = 0; i < report.outcomes.size(); ++i)
    outcomes.push_back(to_object(report.outcomes[i], report.runs[i]));
  const TuneGoal& goal = report.goal;
  const Json document = {
      {"version", kVersion},
      {"problem", report.problem.name},
      {"problem_digest", report.problem_digest},
      {"input_digest", report.input_digest},
      {"input_notes", report.input_notes},
      {"cost", choice_name(goal.cost, kTuneCosts)},
      {"metric", choice_name(goal.metric, kTuneMetrics)},
      {"over", choice_name(goal.over, kTuneOvers)},
      {"tolerance", goal.tolerance ? Json(*goal.tolerance) : Json("forward_substitution")},
      {"slack_db", goal.tolerance ? Json(nullptr) : Json(goal.slack_db)},
      {"safe", or_null(goal.safe)},
      {"safe_rule", goal.safe ? Json(goal.safe_rule) : Json(nullptr)},
      {"results", outcomes}};
  return document.dump(2) + "\n";
}

std::string tune_csv(const TuneReport& report) {
  std::string text =
      "machine,format,role,algorithm,parameters,chunk,cycles_per_chunk,cycles_per_token,"
      "energy_pj_per_chunk,y_snr_db_mean,y_snr_db_worst,y_rel_error_mean,y_rel_error_max,"
      "y_correlation_worst,snr_db_mean,snr_db_worst,rel_error_mean,rel_error_max,extra_bits_per_"
      "byte,meets,worst_found_y_rel_error\n";
  for (const TunedFormat& t : report.outcomes) {
    if (t.winner) text += csv_row(t, "winner", *t.winner);
    if (t.runner_up) text += csv_row(t, "runner_up", *t.runner_up);
    if (t.published) text += csv_row(t, "published", *t.published);
    if (t.forward_substitution) text += csv_row(t, "forward_substitution", *t.forward_substitution);
    for (const TunedPoint& p : t.front) text += csv_row(t, "front", p);
  }
  return text;
}

}  // namespace tricycle
