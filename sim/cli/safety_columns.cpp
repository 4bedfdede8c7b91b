// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/safety_columns.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <mutex>

#include "models/error.h"
#include "sim/cli/settings.h"
#include "sim/host/progress.h"

namespace tricycle {

namespace {

std::string found_error_text(double error) {
  return std::isfinite(error) ? fmt::format("{:.2g}", error) : "not finite";
}

Cell finite_only(double value) { return std::isfinite(value) ? Cell(value) : Cell(); }

SafetyCheck check_safety_told(std::vector<StressCase> cases, const SafetyLimit& limit,
                              int threads) {
  std::unique_ptr<Progress> progress;
  std::once_flag made;
  return check_safety(
      std::move(cases), limit, threads,
      [&](const std::string& what, std::size_t total) {
        std::call_once(made, [&] { progress = std::make_unique<Progress>(total); });
        progress->begin(what);
      },
      [&] { progress->end(); });
}

ShownColumn shown_safety(const SafetyCheck& check) {
  ShownColumn column{{"error of Y", "worst found", true}, {}};
  for (std::size_t i = 0; i < check.results.size(); ++i)
    column.cells.push_back(found_error_text(check.worst(i)) + (check.holds(i) ? "" : " !"));
  return column;
}

std::vector<AddedColumn> added_safety(const SafetyCheck& check) {
  std::vector<AddedColumn> columns{
      {"safe.rule", {}},         {"safe.inputs_tried", {}},      {"safe.limit", {}},
      {"safe.holds", {}},        {"safe.worst_y_rel_error", {}}, {"safe.worst_norm2_of_a", {}},
      {"safe.worst_family", {}}, {"safe.breaks_norm2_of_a", {}}};
  for (std::size_t i = 0; i < check.results.size(); ++i) {
    const StressResult& r = check.results[i];
    const std::vector<Cell> row{std::string(check.request.rule->name),
                                r.tried,
                                check.limit.error,
                                std::int64_t{check.holds(i)},
                                finite_only(check.worst(i)),
                                r.worst ? Cell(r.worst->found.trial.norm) : Cell(),
                                r.worst ? Cell(std::string(r.worst->found.family->name)) : Cell(),
                                r.breaks ? Cell(r.breaks->found.trial.norm) : Cell()};
    for (std::size_t c = 0; c < row.size(); ++c) columns[c].cells.push_back(row[c]);
  }
  return columns;
}

std::string safety_text(const SafetyCheck& check) {
  std::size_t broken = 0;
  for (std::size_t i = 0; i < check.results.size(); ++i) broken += check.holds(i) ? 0 : 1;
  return fmt::format(
      "worst found: relative error of Y, among {} inputs of rule {} (`tricycle stress`); {} of {} "
      "rows are beyond the limit {}{}\n",
      kSafetyEvaluations, check.request.rule->name, broken, check.results.size(), check.limit.error,
      broken > 0 ? ", marked !" : "");
}

}  // namespace

std::optional<SafetyLimit> parse_safe(const std::optional<std::string>& limit,
                                      const std::optional<std::string>& rule) {
  constexpr double kLeast = 1e-12, kMost = 1e12;
  constexpr const char* kUsual = "gdn";
  if (!limit && rule) throw InputError("--safe-rule: expected --safe LIMIT beside it");
  if (!limit) return std::nullopt;
  return SafetyLimit{parse_number("--safe", *limit, kLeast, kMost),
                     &find_input_rule(rule.value_or(kUsual), "--safe-rule")};
}

SafetyColumns safety_columns(std::vector<StressCase> cases, const SafetyLimit& limit, int threads) {
  const SafetyCheck check = check_safety_told(std::move(cases), limit, threads);
  return {{shown_safety(check)}, added_safety(check), safety_text(check)};
}

}  // namespace tricycle
