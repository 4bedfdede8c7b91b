// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/gate_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/config_fields.h"
#include "models/error.h"
#include "sim/cli/placed_json.h"
#include "sim/cli/settings.h"
#include "sim/host/input_file.h"

namespace tricycle {

namespace {

std::string tolerance_text(const GateTolerance& tolerance) {
  return tolerance.percent ? fmt::format("\"{} %\"", tolerance.amount)
                           : fmt::format("{}", tolerance.amount);
}

std::string gate_value_json(const Cell& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? json_quoted(*text) : gate_value_text(value);
}

std::string figure_text(const GateFigure& figure) {
  std::string text = fmt::format("{{\"key\": {}", json_quoted(figure.column->name));
  if (!std::holds_alternative<std::monostate>(figure.value))
    text += fmt::format(", \"value\": {}", gate_value_json(figure.value));
  text += fmt::format(", \"compare\": \"{}\"", name(figure.compare));
  if (figure.compare != GateCompare::kEqual)
    text += fmt::format(", \"tolerance\": {}", tolerance_text(figure.tolerance));
  return text + "}";
}

std::string gate_run_text(const GateRun& run) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) lines.push_back(fmt::format("      \"{}\": {}", key, json_quoted(text)));
  };
  add("name", run.name);
  add("machine", run.machine);
  add("problem", run.problem);
  add("algorithm", run.algorithm);
  add("program", run.program);
  if (run.format) add("format", std::string(name(*run.format)));
  if (run.fidelity != Fidelity::kTile) add("fidelity", std::string(enum_name(run.fidelity)));
  if (!run.set.empty()) {
    std::vector<std::string> texts;
    for (const std::string& set : run.set) texts.push_back(json_quoted(set));
    lines.push_back(fmt::format("      \"set\": [{}]", fmt::join(texts, ", ")));
  }
  std::vector<std::string> figures;
  for (const GateFigure& figure : run.figures) figures.push_back("        " + figure_text(figure));
  lines.push_back(fmt::format("      \"figures\": [\n{}\n      ]", fmt::join(figures, ",\n")));
  return fmt::format("    {{\n{}\n    }}", fmt::join(lines, ",\n"));
}

}  // namespace

std::string_view name(GateCompare compare) { return choice_name(compare, kGateCompares); }

Fault GateRun::fault(std::string_view key, std::string what) const {
  const auto found = places.find(key);
  const Place& place = found != places.end() ? found->second : places.find("")->second;
  return {place, fmt::format("{}/{}", pointer, key), std::move(what)};
}

std::vector<GateFigure> usual_gate_figures() {
  struct Usual {
    std::string_view key;
    GateCompare compare;
    double percent;
  };
  constexpr Usual kUsual[] = {{"cycles_per_chunk", GateCompare::kAtMost, 1},
                              {"energy_per_chunk_pj.nominal", GateCompare::kAtMost, 1},
                              {"y_rel_error_max", GateCompare::kAtMost, 0},
                              {"output_digest", GateCompare::kEqual, 0}};
  std::vector<GateFigure> figures;
  for (const Usual& usual : kUsual) {
    GateFigure figure;
    figure.column = &*std::ranges::find(columns(), usual.key, &Column::name);
    figure.compare = usual.compare;
    figure.tolerance = {usual.percent, true};
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::string gate_text(const std::string& path) {
  constexpr std::uintmax_t kLargest = 16U << 20U;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    refuse_file(path, "expected a baseline, a JSON file, found no such file; docs/gate.md has one");
  if (!std::filesystem::is_regular_file(status))
    refuse_file(path, "expected a baseline, a JSON file, got a directory or another special file");
  if (std::filesystem::file_size(path, error) > kLargest)
    refuse_file(path, "expected a baseline of at most 16 MiB");
  return file_text(path);
}

std::string gate_value_text(const Cell& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return fmt::format("\"{}\"", *text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&value))
    return fmt::format("{}", *real + 0.0);  // no -0
  return "none";
}

std::string to_text(const Gate& gate) {
  std::vector<std::string> runs;
  for (const GateRun& run : gate.runs) runs.push_back(gate_run_text(run));
  return fmt::format("{{\n  \"gate\": 1,\n  \"runs\": [\n{}\n  ]\n}}\n", fmt::join(runs, ",\n"));
}

}  // namespace tricycle
