// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/stress_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "reports/text_table.h"
#include "reports/writers.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"
#include "workloads/safetensors.h"

namespace tricycle {

namespace {

std::string parameters_of(const StressResult& r) {
  return to_text(r.of->algorithm(), r.of->parameters());
}

/// "neumann_product.fp16.worst"
std::string stem_of(const StressResult& r, std::string_view which) {
  return fmt::format("{}.{}.{}", r.of->algorithm().name, name(r.of->format()), which);
}

std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{:.3g}", value) : "not finite";
}

std::string family_text(const FoundInput& found) {
  return fmt::format("{}{}", found.family->name, found.refined ? ", token by token" : "");
}

std::vector<std::string> summary_row(const StressResult& r) {
  if (!r.worst) return {stress_label(r), "none found"};
  const Inverted& y = r.worst->inverted;
  return {stress_label(r),
          number(r.worst->found.trial.error),
          number(r.worst->rounded_a),
          r.worst->proven ? number(*r.worst->proven) : "-",
          number(r.ratio()),
          y.accuracy.finite ? fmt::format("{:.1f}", y.accuracy.y_snr_db) : "-",
          y.accuracy.finite ? fmt::format("{:.5f}", y.accuracy.y_correlation) : "-",
          std::to_string(y.accuracy.nan_count + y.accuracy.inf_count),
          std::to_string(y.saturated_count),
          number(r.worst->found.trial.norm),
          family_text(r.worst->found),
          r.breaks ? number(r.breaks->found.trial.norm) : "holds"};
}

std::string bin_text(const NormBin& bin) {
  std::string text = bin.inputs > bin.not_finite ? number(bin.worst) : "";
  if (bin.not_finite > 0)
    text += fmt::format("{}{} not finite", text.empty() ? "" : ", ", bin.not_finite);
  return text;
}

/// The worst error of every interval of norms, a column a result.
std::string curve_table(const StressReport& report) {
  std::set<int> indices;
  std::vector<TextColumn> columns{{"||A||_2", "from", true}};
  for (const StressResult& r : report.results) {
    columns.push_back({stress_label(r), "", true});
    for (const auto& entry : r.curve.bins()) indices.insert(entry.first);
  }
  std::vector<std::vector<std::string>> rows;
  for (const int index : indices) {
    rows.push_back({fmt::format("{:.3g}", NormCurve::edge(index))});
    for (const StressResult& r : report.results) {
      const auto bin = r.curve.bins().find(index);
      rows.back().push_back(bin == r.curve.bins().end() ? "-" : bin_text(bin->second));
    }
  }
  return text_table(columns, rows);
}

Json finite_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json input_json(const StressReport& report, const StressResult& r, std::string_view which,
                const std::optional<StressInput>& input) {
  if (!input) return nullptr;
  const FoundInput& found = input->found;
  const Accuracy& a = input->inverted.accuracy;
  const FamilyInputs family(*found.family, *report.request->rule, r.of->chunk(),
                            report.request->seed);
  Json parameters = Json::object();
  const std::vector<double> values = family.values(found.point);
  for (std::size_t p = 0; p < values.size(); ++p)
    parameters[family.parameters()[p].name] = values[p];
  return {{"y_rel_error", finite_json(a.y_rel_error)},
          {"rounded_a_y_rel_error", finite_json(input->rounded_a)},
          {"proven_y_rel_error", input->proven ? finite_json(*input->proven) : Json(nullptr)},
          {"y_snr_db", finite_json(a.y_snr_db)},
          {"y_correlation", finite_json(a.y_correlation)},
          {"finite", a.finite},
          {"nan_count", a.nan_count},
          {"inf_count", a.inf_count},
          {"saturated_count", input->inverted.saturated_count},
          {"wrapped_count", input->inverted.wrapped_count},
          {"norm2_of_a", found.trial.norm},
          {"family", found.family->name},
          {"family_parameters", std::move(parameters)},
          {"refined", found.refined},
          {"problem", stem_of(r, which) + ".yaml"}};
}

Json curve_json(const NormCurve& curve) {
  Json list = Json::array();
  for (const auto& [index, bin] : curve.bins())
    list.push_back(
        {{"norm_from", NormCurve::edge(index)},
         {"norm_to", NormCurve::edge(index + 1)},
         {"inputs", bin.inputs},
         {"y_rel_error_max", bin.inputs > bin.not_finite ? Json(bin.worst) : Json(nullptr)},
         {"above_threshold", bin.broken},
         {"not_finite", bin.not_finite}});
  return list;
}

Json result_json(const StressReport& report, const StressResult& r) {
  return {
      {"algorithm", r.of->algorithm().name},
      {"parameters", parameters_of(r)},
      {"format", name(r.of->format())},
      {"accumulation", accumulation_text(*report.hw, r.of->format(), r.of->lowered().linear_terms)},
      {"cut", r.of->lowered().cut},
      {"inputs_tried", r.tried},
      {"random_y_rel_error", finite_json(r.random_error)},
      {"worst_over_random", finite_json(r.ratio())},
      {"worst", input_json(report, r, "worst", r.worst)},
      {"breaks", input_json(report, r, "breaks", r.breaks)},
      {"curve", curve_json(r.curve)}};
}

OutputFile problem_file(const StressReport& report, const StressResult& r, std::string_view which,
                        const StressInput& input) {
  const std::string stem = stem_of(r, which);
  return {
      stem + ".yaml",
      fmt::format("# Made by `tricycle stress`, rule {}, seed {}: family {}.\n"
                  "name: {}\n"
                  "description: {} for {} in {} on {}, relative error of Y {}\n"
                  "chunk: {}\n"
                  "input:\n"
                  "  {}:\n"
                  "    file: {}.safetensors\n",
                  report.request->rule->name, report.request->seed, family_text(input.found), stem,
                  which == "worst" ? "worst input found" : "least norm found that breaks it",
                  r.of->algorithm().name, name(r.of->format()), report.hw->name,
                  number(input.found.trial.error), r.of->chunk(),
                  report.request->rule->captured ? "captured" : "matrices", stem)};
}

}  // namespace

std::string stress_label(const StressResult& r) {
  const std::string parameters = parameters_of(r);
  return fmt::format("{}{}{} {}", r.of->algorithm().name, parameters.empty() ? "" : " ", parameters,
                     name(r.of->format()));
}

std::string stress_text(const StressReport& report) {
  const StressRequest& q = *report.request;
  std::string text = fmt::format(
      "{}: rule {}, chunks of {} tokens, seed {}; errors are of Y, relative, in the Frobenius "
      "norm\n\n",
      report.hw->name, q.rule->name, q.cases.front().chunk(), q.seed);
  std::vector<std::vector<std::string>> rows;
  for (const StressResult& r : report.results) rows.push_back(summary_row(r));
  text += text_table({{"algorithm and format", "", false},
                      {"worst error", ""},
                      {"of it by", "rounding A"},
                      {"bound", "proven"},
                      {"of random", "times"},
                      {"SNR", "dB"},
                      {"correlation", ""},
                      {"NaN, Inf", "entries"},
                      {"saturated", "entries"},
                      {"||A||_2", ""},
                      {"family", "", false},
                      {"breaks", "||A||_2"}},
                     rows);
  text += fmt::format(
      "of random: over the largest error on {} matrices of random keys; breaks: least norm found "
      "with an error above {}\n\nworst error found against the norm of A\n",
      kRandomMatrices, q.threshold);
  return text + curve_table(report);
}

Json stress_json(const StressReport& report) {
  const StressRequest& q = *report.request;
  Json families = Json::array(), results = Json::array();
  for (const KeyFamily* family : q.families) families.push_back(family->name);
  for (const StressResult& r : report.results) results.push_back(result_json(report, r));
  return {{"version", kVersion},
          {"machine", report.hw->name},
          {"machine_digest", digest(*report.hw)},
          {"rule", q.rule->name},
          {"chunk", q.cases.front().chunk()},
          {"families", std::move(families)},
          {"seed", q.seed},
          {"evaluations", q.evaluations},
          {"seconds", q.seconds ? Json(*q.seconds) : Json(nullptr)},
          {"threshold", q.threshold},
          {"least_norm", kLeastNorm},
          {"random_matrices", kRandomMatrices},
          {"results", std::move(results)},
          {"left_out", report.left_out}};
}

std::string stress_csv(const StressReport& report) {
  std::string text =
      "algorithm,parameters,format,inputs_tried,worst_y_rel_error,worst_over_random,"
      "random_y_rel_error,y_snr_db,y_correlation,nan_count,inf_count,saturated_count,norm2_of_a,"
      "family,refined,breaks_norm2_of_a,rounded_a_y_rel_error,proven_y_rel_error\n";
  const auto cell = [](double value) { return std::isfinite(value) ? Cell(value) : Cell(); };
  for (const StressResult& r : report.results) {
    if (!r.worst) continue;
    const Inverted& y = r.worst->inverted;
    const FoundInput& found = r.worst->found;
    text +=
        csv_line({std::string(r.of->algorithm().name), parameters_of(r),
                  std::string(name(r.of->format())), r.tried, cell(y.accuracy.y_rel_error),
                  cell(r.ratio()), cell(r.random_error), cell(y.accuracy.y_snr_db),
                  cell(y.accuracy.y_correlation), y.accuracy.nan_count, y.accuracy.inf_count,
                  y.saturated_count, found.trial.norm, std::string(found.family->name),
                  std::int64_t{found.refined}, r.breaks ? Cell(r.breaks->found.trial.norm) : Cell(),
                  cell(r.worst->rounded_a), r.worst->proven ? cell(*r.worst->proven) : Cell()}) +
        "\n";
  }
  return text;
}

std::vector<OutputFile> stress_inputs(const StressReport& report) {
  std::vector<OutputFile> files;
  for (const StressResult& r : report.results)
    for (const auto& [which, input] :
         {std::pair<const char*, const std::optional<StressInput>&>{"worst", r.worst},
          {"breaks", r.breaks}}) {
      if (!input) continue;
      files.push_back({stem_of(r, which) + ".safetensors",
                       to_safetensors(input_tensors(*report.request->rule, input->found.tokens))});
      files.push_back(problem_file(report, r, which, *input));
    }
  return files;
}

}  // namespace tricycle
