// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/gate_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/printable.h"
#include "reports/markup.h"
#include "sim/cli/json_text.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

using GateJson = Json;

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::size_t figures_of(const std::vector<GateOutcome>& outcomes) {
  std::size_t count = 0;
  for (const GateOutcome& outcome : outcomes) count += outcome.verdicts.size();
  return count;
}

GateJson to_gate_json(const Cell& value) {
  return std::visit(
      [](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
          return GateJson(nullptr);
        else
          return GateJson(v);
      },
      value);
}

GateJson to_gate_json(const GateTolerance& tolerance) {
  if (tolerance.percent) return fmt::format("{} %", tolerance.amount);
  return tolerance.amount;
}

GateJson to_gate_json(const GateRun& run) {
  return {{"name", run.name},
          {"machine", run.machine},
          {"problem", run.problem},
          {"algorithm", run.algorithm.empty() ? GateJson() : GateJson(run.algorithm)},
          {"program", run.program.empty() ? GateJson() : GateJson(run.program)},
          {"format", run.format ? GateJson(name(*run.format)) : GateJson()}};
}

/// A text as the value of an attribute.  What XML 1.0 cannot hold is written out: printable() does
/// it for all but two code points.
std::string xml_quoted(const std::string& text) {
  std::string out;
  const std::string safe = printable(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view rest = std::string_view(safe).substr(i);
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
      out += "\xEF\xBF\xBD";  // U+FFFE, U+FFFF
      i += 2;
      continue;
    }
    out += safe[i];
  }
  return '"' + markup_text(out) + '"';
}

std::string junit_case(const GateRun& run, const GateFigure& figure, const GateVerdict& verdict) {
  const std::string_view compare = name(figure.compare);
  const std::string head =
      fmt::format("    <testcase classname={} name={}", xml_quoted(run.name),
                  xml_quoted(fmt::format("{} {}", figure.column->name, compare)));
  if (verdict.ok) return head + "/>\n";
  return fmt::format("{}>\n      <failure type=\"{}\" message={}/>\n    </testcase>\n", head,
                     compare, xml_quoted(gate_failure(run, figure, verdict)));
}

/// The figure of `before` that one of `after` was made of; none where it is new.
Cell value_before(const GateRun& before, const GateFigure& after) {
  for (const GateFigure& figure : before.figures)
    if (figure.column == after.column && figure.compare == after.compare) return figure.value;
  return {};
}

/// Whether a figure is written otherwise: 758 and 758.0 are one number.
bool gate_changed(const Cell& before, const Cell& after) {
  return gate_value_text(before) != gate_value_text(after);
}

std::size_t changed_figures(const Gate& before, const Gate& after) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < after.runs.size(); ++i)
    for (const GateFigure& figure : after.runs[i].figures)
      count += gate_changed(value_before(before.runs[i], figure), figure.value) ? 1 : 0;
  return count;
}

}  // namespace

std::string gate_failure(const GateRun& run, const GateFigure& figure, const GateVerdict& verdict) {
  return fmt::format("{}: {}: expected {}, got {}", run.name, figure.column->name, verdict.expected,
                     verdict.got);
}

std::size_t gate_failures(const std::vector<GateOutcome>& outcomes) {
  std::size_t count = 0;
  for (const GateOutcome& outcome : outcomes)
    count += static_cast<std::size_t>(
        std::ranges::count_if(outcome.verdicts, [](const GateVerdict& v) { return !v.ok; }));
  return count;
}

std::string gate_summary(const std::string& path, const std::vector<GateOutcome>& outcomes) {
  std::string text;
  for (const GateOutcome& outcome : outcomes)
    for (std::size_t i = 0; i < outcome.verdicts.size(); ++i) {
      const GateRun& run = *outcome.run;
      const GateFigure& figure = run.figures[i];
      const GateVerdict& v = outcome.verdicts[i];
      const bool is_equal = figure.compare == GateCompare::kEqual;
      text += printable(v.ok ? fmt::format("ok      {}: {}: {}{}{}", run.name, figure.column->name,
                                           v.got, is_equal ? "" : ", ", is_equal ? "" : v.expected)
                             : "FAILED  " + gate_failure(run, figure, v)) +
              "\n";
    }
  const std::size_t failures = gate_failures(outcomes), figures = figures_of(outcomes);
  text += printable(fmt::format("{}: {} of {}: ", path, plural(figures, "figure"),
                                plural(outcomes.size(), "run")));
  if (failures == 0) return text + (figures == 1 ? "it holds\n" : "all hold\n");
  return text + fmt::format("{} failed\n", failures);
}

std::string gate_json(const std::string& path, const std::vector<GateOutcome>& outcomes) {
  const std::size_t failures = gate_failures(outcomes);
  GateJson document{{"version", kVersion},  {"baseline", path},
                    {"ok", failures == 0},  {"figures", figures_of(outcomes)},
                    {"failures", failures}, {"runs", GateJson::array()}};
  for (const GateOutcome& outcome : outcomes) {
    GateJson run = to_gate_json(*outcome.run);
    run["figures"] = GateJson::array();
    for (std::size_t i = 0; i < outcome.verdicts.size(); ++i) {
      const GateFigure& figure = outcome.run->figures[i];
      const GateVerdict& verdict = outcome.verdicts[i];
      run["figures"].push_back({{"key", figure.column->name},
                                {"ok", verdict.ok},
                                {"value", to_gate_json(figure.value)},
                                {"today", to_gate_json(verdict.today)},
                                {"compare", name(figure.compare)},
                                {"tolerance", to_gate_json(figure.tolerance)},
                                {"expected", verdict.expected},
                                {"got", verdict.got}});
    }
    document["runs"].push_back(std::move(run));
  }
  return json_text(document);
}

std::string gate_junit(const std::vector<GateOutcome>& outcomes) {
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"tricycle gate\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
      figures_of(outcomes), gate_failures(outcomes));
  for (const GateOutcome& outcome : outcomes) {
    text += fmt::format("  <testsuite name={} tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                        xml_quoted(outcome.run->name), outcome.verdicts.size(),
                        gate_failures({outcome}));
    for (std::size_t i = 0; i < outcome.verdicts.size(); ++i)
      text += junit_case(*outcome.run, outcome.run->figures[i], outcome.verdicts[i]);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

std::string gate_update_summary(const std::string& path, const Gate& before, const Gate& after,
                                bool written) {
  std::string text;
  for (std::size_t i = 0; i < after.runs.size(); ++i)
    for (const GateFigure& figure : after.runs[i].figures) {
      const Cell old = value_before(before.runs[i], figure);
      if (!gate_changed(old, figure.value)) continue;
      text += printable(fmt::format("{}: {}: {} -> {}{}", after.runs[i].name, figure.column->name,
                                    gate_value_text(old), gate_value_text(figure.value),
                                    gate_change(old, figure.value))) +
              "\n";
    }
  const std::size_t changed = changed_figures(before, after);
  return text +
         printable(fmt::format("{}{}: {} changed", written ? "written: " : "left as it was: ", path,
                               plural(changed, "figure"))) +
         "\n";
}

std::string gate_update_json(const std::string& path, const Gate& before, const Gate& after,
                             bool written) {
  GateJson document{{"version", kVersion},
                    {"baseline", path},
                    {"written", written},
                    {"changed", changed_figures(before, after)},
                    {"runs", GateJson::array()}};
  for (std::size_t i = 0; i < after.runs.size(); ++i) {
    GateJson run = to_gate_json(after.runs[i]);
    run["figures"] = GateJson::array();
    for (const GateFigure& figure : after.runs[i].figures)
      run["figures"].push_back({{"key", figure.column->name},
                                {"before", to_gate_json(value_before(before.runs[i], figure))},
                                {"value", to_gate_json(figure.value)},
                                {"compare", name(figure.compare)},
                                {"tolerance", to_gate_json(figure.tolerance)}});
    document["runs"].push_back(std::move(run));
  }
  return json_text(document);
}

}  // namespace tricycle
