// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/inversion_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/json.h"
#include "models/printable.h"
#include "reports/summaries.h"
#include "reports/writers.h"
#include "sim/engine/run.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

struct Figure {
  const char* name;
  Cell value;
};

Cell finite_cell(double value) { return std::isfinite(value) ? Cell(value) : Cell(); }

std::vector<Figure> figures(const InvertedMatrix& m) {
  const Accuracy& a = m.accuracy;
  return {{"y_snr_db", finite_cell(a.y_snr_db)},
          {"y_rel_error", finite_cell(a.y_rel_error)},
          {"y_correlation", finite_cell(a.y_correlation)},
          {"snr_db", finite_cell(a.snr_db)},
          {"rel_error", finite_cell(a.rel_error)},
          {"abs_error_max", finite_cell(a.abs_error_max)},
          {"finite", std::int64_t{a.finite}},
          {"nan_count", a.nan_count},
          {"inf_count", a.inf_count},
          {"saturated_count", m.saturated_count},
          {"wrapped_count", m.wrapped_count},
          {"inputs_rounded", m.inputs_rounded}};
}

/// The names are those of `tricycle list columns`.
std::vector<Figure> figures(const AccuracySummary& a) {
  return {{"y_snr_db_mean", finite_cell(a.y_snr_db_mean)},
          {"y_snr_db_worst", finite_cell(a.y_snr_db_worst)},
          {"y_rel_error_mean", finite_cell(a.y_rel_error_mean)},
          {"y_rel_error_max", finite_cell(a.y_rel_error_max)},
          {"y_correlation_mean", finite_cell(a.y_correlation_mean)},
          {"y_correlation_worst", finite_cell(a.y_correlation_worst)},
          {"snr_db_mean", finite_cell(a.snr_db_mean)},
          {"snr_db_worst", finite_cell(a.snr_db_worst)},
          {"rel_error_mean", finite_cell(a.rel_error_mean)},
          {"rel_error_max", finite_cell(a.rel_error_max)},
          {"abs_error_max", finite_cell(a.abs_error_max)},
          {"not_finite_chunks", a.not_finite_chunks},
          {"nan_count", a.nan_count},
          {"inf_count", a.inf_count},
          {"saturated_count", a.saturated_count},
          {"wrapped_count", a.wrapped_count},
          {"inputs_rounded", a.inputs_rounded}};
}

Json to_json(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return *count;
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return nullptr;
}

Json to_object(const std::vector<Figure>& figures) {
  Json object = Json::object();
  for (const Figure& figure : figures) object[figure.name] = to_json(figure.value);
  return object;
}

bool holds_codes(const InversionReport& report, const Inversion& inversion) {
  return !report.as && !info(inversion.stored().format).is_float();
}

const char* real_type(Format as) { return as == Format::kFp64 ? "float64" : "float32"; }

/// The label of the matrix whose Y has the lowest SNR.
const std::string& worst_matrix(const InversionReport& report, const InversionResult& result) {
  const auto worst = std::min_element(result.matrices.begin(), result.matrices.end(),
                                      [](const InvertedMatrix& a, const InvertedMatrix& b) {
                                        return a.accuracy.y_snr_db < b.accuracy.y_snr_db;
                                      });
  return report.file->matrices[static_cast<std::size_t>(worst - result.matrices.begin())].label;
}

std::string summary_of(const InversionReport& report, const Inversion& inversion,
                       const InversionResult& result) {
  const std::size_t count = result.matrices.size();
  std::string text = fmt::format(
      "{}: {} matri{} by {} in {}, arithmetic of {}", printable(inversion.output), count,
      count == 1 ? "x" : "ces", inversion.algorithm->name, name(inversion.format),
      report.machine->reference ? "docs/numerics.md" : report.machine->hw.name);
  if (holds_codes(report, inversion))
    text += fmt::format(", codes of {} fraction bits", inversion.stored().fraction_bits);
  if (report.as) text += fmt::format(", as {}", real_type(*report.as));
  const AccuracySummary accuracy = result.summary();
  text += fmt::format("\n  accuracy    {}", accuracy_text(accuracy));
  if (count > 1)
    text += fmt::format("\n  worst       \"{}\", by the SNR of Y", worst_matrix(report, result));
  if (!entries_text(accuracy).empty())
    text += fmt::format("\n  entries     {}", entries_text(accuracy));
  return text + "\n";
}

Json to_object(const InversionReport& report, const Inversion& inversion,
               const InversionResult& result) {
  Json parameters = Json::object(), matrices = Json::array();
  for (const auto& entry : inversion.programs)
    parameters[std::to_string(entry.first)] = to_text(
        *inversion.algorithm,
        resolve_parameters(*inversion.algorithm, static_cast<int>(entry.first), inversion.options));
  for (std::size_t i = 0; i < result.matrices.size(); ++i) {
    Json matrix{{"matrix", report.file->matrices[i].label},
                {"chunk", report.file->matrices[i].chunk}};
    matrix.update(to_object(figures(result.matrices[i])));
    matrices.push_back(std::move(matrix));
  }
  const bool codes = holds_codes(report, inversion);
  Json object{{"output", inversion.output},
              {"algorithm", inversion.algorithm->name},
              {"parameters", parameters},
              {"format", name(inversion.format)},
              {"accumulation", accumulation_text(report.machine->hw, inversion.format)},
              {"dtype", result.tensors.begin()->second.dtype},
              {"as", report.as ? Json(real_type(*report.as)) : Json(nullptr)},
              {"fraction_bits", codes ? Json(inversion.stored().fraction_bits) : Json(nullptr)}};
  object.update(to_object(figures(result.summary())));
  object["worst_matrix"] = worst_matrix(report, result);
  object["matrices"] = std::move(matrices);
  return object;
}

}  // namespace

std::string inversion_summary(const InversionReport& report) {
  std::string text;
  for (std::size_t i = 0; i < report.inversions.size(); ++i)
    text += summary_of(report, report.inversions[i], report.results[i]);
  return text;
}

std::string inversion_json(const InversionReport& report) {
  Json results = Json::array();
  for (std::size_t i = 0; i < report.inversions.size(); ++i)
    results.push_back(to_object(report, report.inversions[i], report.results[i]));
  const std::string& note = report.file->note;
  const Json document{{"version", kVersion},
                      {"input", report.input},
                      {"input_digest", input_digest(report.file->matrices)},
                      {"input_note", note.empty() ? Json(nullptr) : Json(note)},
                      {"machine", report.machine->hw.name},
                      {"machine_digest", digest(report.machine->hw)},
                      {"results", std::move(results)},
                      {"left_out", report.left_out}};
  return document.dump_any(2) + "\n";
}

std::string inversion_csv(const InversionReport& report) {
  std::string text;
  for (std::size_t i = 0; i < report.inversions.size(); ++i) {
    const Inversion& inversion = report.inversions[i];
    for (std::size_t m = 0; m < report.results[i].matrices.size(); ++m) {
      std::vector<Cell> cells{std::string(inversion.algorithm->name),
                              std::string(name(inversion.format)), report.file->matrices[m].label,
                              report.file->matrices[m].chunk};
      std::string head = "algorithm,format,matrix,chunk";
      for (const Figure& figure : figures(report.results[i].matrices[m])) {
        head += fmt::format(",{}", figure.name);
        cells.push_back(figure.value);
      }
      if (text.empty()) text = head + "\n";
      text += csv_line(cells) + "\n";
    }
  }
  return text;
}

}  // namespace tricycle
