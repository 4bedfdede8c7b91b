// SPDX-License-Identifier: Apache-2.0
//
// The study of safety: which inverses failed, what survives what, at which cost, and what one
// should ship on each class of machine.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reports/text_table.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/safety_figures.h"
#include "sim/tables/tables.h"
#include "sim/validate/groups.h"

namespace tricycle {

namespace {

std::string safety_error(double error) {
  if (!std::isfinite(error)) return "**not finite**";
  return error > kBeyondUse ? fmt::format("**{:.1e}**", error) : fmt::format("{:.1e}", error);
}

std::string safety_cycles(const std::optional<double>& cycles) {
  return cycles ? fmt::format("{:.0f}", *cycles) : "-";
}

std::string safety_method(const SafetyRow& row) {
  return fmt::format("`{}`{}{}", row.algorithm->name, row.setting.empty() ? "" : " ", row.setting);
}

/// The verdicts that were published, and those found here.
std::string failure_table() {
  std::vector<std::vector<std::string>> cells;
  for (const ValidationRow& row : value_rows({shipped("workloads/data/peers/inverse_values.csv")}))
    if (row.use == RowUse::kVerdict)
      cells.push_back({row.what, row.published_text, row.our_text, row.source});
  return markdown_table({{"input: inverse", "", false},
                         {"published", "", false},
                         {"here", "", false},
                         {"source", "", false}},
                        cells);
}

std::string survival_table(const std::vector<SafetyRow>& rows, Format format) {
  std::vector<TextColumn> columns{{"algorithm", "", false}};
  for (const TokenSet& set : kTokenSets) columns.push_back({std::string(set.title), ""});
  for (const SearchedRule& rule : kSearchedRules) columns.push_back({std::string(rule.title), ""});
  std::vector<std::vector<std::string>> cells;
  for (const SafetyRow& row : rows) {
    if (row.format != format) continue;
    cells.push_back({safety_method(row)});
    for (const std::vector<double>* errors : {&row.sets, &row.found})
      for (const double error : *errors) cells.back().push_back(safety_error(error));
  }
  return markdown_table(columns, cells);
}

std::string cycle_table(const std::vector<SafetyRow>& rows, Format format) {
  std::vector<TextColumn> columns{{"algorithm", "", false}, {"survives", "", false}};
  for (const SafetyMachine& machine : kSafetyMachines)
    columns.push_back({std::string(machine.file), ""});
  std::vector<std::vector<std::string>> cells;
  for (const SafetyRow& row : rows) {
    if (row.format != format) continue;
    cells.push_back({safety_method(row), row.survives(true)    ? "beta <= 2"
                                         : row.survives(false) ? "beta <= 1"
                                                               : "**no**"});
    for (const auto& cycles : row.cycles) cells.back().push_back(safety_cycles(cycles));
  }
  return markdown_table(columns, cells);
}

/// The row with the fewest cycles on a machine, of those that are kept; none: there is none.
template <typename Keep>
const SafetyRow* cheapest(const std::vector<SafetyRow>& rows, std::size_t machine,
                          const Keep& keep) {
  const SafetyRow* best = nullptr;
  for (const SafetyRow& row : rows)
    if (row.cycles[machine] && keep(row) &&
        (best == nullptr || *row.cycles[machine] < *best->cycles[machine]))
      best = &row;
  return best;
}

std::string choice_cell(const SafetyRow* row, std::size_t machine) {
  if (row == nullptr) return "none";
  return fmt::format("{}, {:.0f}", safety_method(*row), *row->cycles[machine]);
}

/// Of one machine: a line for each format that it has.
void add_choices(const std::vector<SafetyRow>& rows, std::size_t machine,
                 std::vector<std::vector<std::string>>& cells) {
  for (const Format format : kSafetyFormats) {
    const auto of = [&](const auto& keep) {
      return cheapest(rows, machine,
                      [&](const SafetyRow& row) { return row.format == format && keep(row); });
    };
    const SafetyRow* any = of([](const SafetyRow&) { return true; });
    if (any == nullptr) continue;
    const SafetyRow* safe = of([](const SafetyRow& row) { return row.survives(false); });
    const SafetyRow* safe2 = of([](const SafetyRow& row) { return row.survives(true); });
    cells.push_back(
        {fmt::format("`{}`: {}", kSafetyMachines[machine].file, kSafetyMachines[machine].what),
         std::string(name(format)), choice_cell(safe, machine),
         safe2 == safe ? "the same" : choice_cell(safe2, machine),
         any == safe ? "the same" : choice_cell(any, machine),
         safe == nullptr ? "-"
                         : fmt::format("{:.2f}", *safe->cycles[machine] / *any->cycles[machine])});
  }
}

std::string ship_table(const std::vector<SafetyRow>& rows) {
  std::vector<std::vector<std::string>> cells;
  for (std::size_t machine = 0; machine < std::size(kSafetyMachines); ++machine)
    add_choices(rows, machine, cells);
  return markdown_table({{"machine", "", false},
                         {"format", "", false},
                         {"ship: beta <= 1", "", false},
                         {"ship: beta <= 2", "", false},
                         {"cheapest of all", "", false},
                         {"safe over cheapest", ""}},
                        cells);
}

}  // namespace

std::string safety_rows() {
  const std::vector<SafetyRow> rows = safety_figures();
  std::string text = "### What failed, and what replaced it\n\n" + failure_table() +
                     "\n### What to ship\n\nCycles a chunk, behind each algorithm.\n\n" +
                     ship_table(rows);
  for (const Format format : kSafetyFormats)
    text += fmt::format("\n### What survives what: {}\n\n{}", name(format),
                        survival_table(rows, format));
  for (const Format format : kSafetyFormats)
    text += fmt::format("\n### What it costs, cycles a chunk: {}\n\n{}", name(format),
                        cycle_table(rows, format));
  return text;
}

}  // namespace tricycle
