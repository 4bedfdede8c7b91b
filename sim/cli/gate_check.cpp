// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/gate_check.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "models/printable.h"

namespace tricycle {

namespace {

constexpr std::string_view kNoneToday =
    "none: this run does not have the figure, or it is not finite";

std::optional<double> gate_real(const Cell& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

/// Whether two figures are the same; integers beyond 2^53 are not the same where their doubles are.
bool gate_equal(const Cell& a, const Cell& b) {
  if (a.index() == b.index()) return a == b;
  const auto x = gate_real(a), y = gate_real(b);
  return x && y && *x == *y;
}

double slack_of(const GateFigure& figure, double value) {
  constexpr double kPercent = 100;
  return figure.tolerance.percent ? std::fabs(value) * figure.tolerance.amount / kPercent
                                  : figure.tolerance.amount;
}

/// " (758 + 2 %)"; empty without a tolerance, as the limit is the value then.
std::string limit_origin(const GateFigure& figure, const char* sign) {
  if (figure.tolerance.amount == 0) return "";
  return fmt::format(" ({} {} {}{})", gate_value_text(figure.value), sign, figure.tolerance.amount,
                     figure.tolerance.percent ? " %" : "");
}

std::string expected_text(const GateFigure& figure) {
  const std::string value = gate_value_text(figure.value);
  const auto real = gate_real(figure.value);
  const double slack = real ? slack_of(figure, *real) : 0;
  const auto limit = [&](double of) { return slack == 0 ? value : fmt::format("{:.10g}", of); };
  switch (figure.compare) {
    case GateCompare::kEqual: break;
    case GateCompare::kAtMost:
      return fmt::format("at most {}{}", limit(real.value_or(0) + slack),
                         limit_origin(figure, "+"));
    case GateCompare::kAtLeast:
      return fmt::format("at least {}{}", limit(real.value_or(0) - slack),
                         limit_origin(figure, "-"));
    case GateCompare::kWithin:
      return fmt::format("from {} to {}{}", limit(real.value_or(0) - slack),
                         limit(real.value_or(0) + slack), limit_origin(figure, "+-"));
  }
  return value;
}

bool holds(const GateFigure& figure, const Cell& today) {
  if (figure.compare == GateCompare::kEqual) return gate_equal(figure.value, today);
  const auto value = gate_real(figure.value), now = gate_real(today);
  if (!value || !now) return false;
  if (gate_equal(figure.value, today)) return true;  // integers beyond 2^53 included
  const double slack = slack_of(figure, *value);
  const bool not_above = *now <= *value + slack, not_below = *now >= *value - slack;
  switch (figure.compare) {
    case GateCompare::kAtMost: return not_above;
    case GateCompare::kAtLeast: return not_below;
    default: return not_above && not_below;
  }
}

}  // namespace

Cell gate_figure_of(const Column& column, const RunResult& result) {
  Cell value = column.value(result);
  const auto* real = std::get_if<double>(&value);
  return real != nullptr && !std::isfinite(*real) ? Cell() : value;
}

std::string gate_change(const Cell& before, const Cell& today) {
  constexpr double kPercent = 100;
  const auto a = gate_real(before), b = gate_real(today);
  if (!a || !b || *a == 0 || *a == *b) return "";
  const double change = (*b - *a) / std::fabs(*a) * kPercent;
  return std::isfinite(change) ? fmt::format(" ({:+.3g} %)", change) : "";
}

GateVerdict judge(const GateFigure& figure, const Cell& today) {
  GateVerdict verdict{holds(figure, today), today, expected_text(figure), ""};
  if (std::holds_alternative<std::monostate>(today))
    verdict.got = kNoneToday;
  else
    verdict.got = gate_value_text(today) + gate_change(figure.value, today);
  const bool is_text = std::holds_alternative<std::string>(today);
  if (is_text && !std::holds_alternative<std::string>(figure.value)) verdict.got += ", a text";
  return verdict;
}

GateOutcome judge(const GateRun& run, const RunResult& result) {
  GateOutcome outcome{&run, {}};
  for (const GateFigure& figure : run.figures)
    outcome.verdicts.push_back(judge(figure, gate_figure_of(*figure.column, result)));
  return outcome;
}

GateOutcome judge_failed(const GateRun& run, const std::string& reason) {
  GateOutcome outcome{&run, {}};
  for (const GateFigure& figure : run.figures)
    outcome.verdicts.push_back(
        {false, {}, expected_text(figure), fmt::format("none: the run failed: {}", reason)});
  return outcome;
}

void take_today(GateRun& run, const RunResult& result, std::vector<Fault>& faults) {
  std::erase_if(run.figures, [&](GateFigure& figure) {
    const bool usual = figure.place.source.empty();
    figure.value = gate_figure_of(*figure.column, result);
    const bool none = std::holds_alternative<std::monostate>(figure.value);
    // A machine without costs has no energy; a result that is not finite has no error, and that is
    // no state to guard.
    if (none && usual && result.of_problem() && result.accuracy.not_finite_chunks > 0)
      faults.push_back(run.fault(
          "name",
          fmt::format("{} has no value, {} chunks are not finite; say which figures this run "
                      "is for, or leave it out",
                      figure.column->name, result.accuracy.not_finite_chunks)));
    const bool is_text = std::holds_alternative<std::string>(figure.value);
    if (none && !usual)
      faults.push_back({figure.place, figure.pointer,
                        fmt::format("{} is {}; leave it out", figure.column->name, kNoneToday)});
    if (is_text && figure.compare != GateCompare::kEqual)
      faults.push_back({figure.place, figure.pointer + "/compare",
                        fmt::format("{} compares numbers, and {} is a text; expected equal",
                                    name(figure.compare), figure.column->name)});
    return none && usual;
  });
}

}  // namespace tricycle
