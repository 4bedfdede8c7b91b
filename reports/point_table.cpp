// SPDX-License-Identifier: Apache-2.0
#include "reports/point_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/text_table.h"

namespace tricycle {

namespace {

/// The columns that a Markdown table shows, in this order.  Where points differ in chunk size, it
/// shows the figures per token.
constexpr std::array<std::string_view, 15> kCompared{"cycles_per_chunk",
                                                     "latency_cycles",
                                                     "steady_utilization.useful",
                                                     "steady_utilization.vector",
                                                     "energy_per_chunk_pj.nominal",
                                                     "energy_per_chunk_pj.low",
                                                     "energy_per_chunk_pj.high",
                                                     "area_mm2.total",
                                                     "area_low_mm2.total",
                                                     "area_high_mm2.total",
                                                     "y_rel_error_max",
                                                     "y_snr_db_worst",
                                                     "y_correlation_worst",
                                                     "rel_error_max",
                                                     "snr_db_worst"};

constexpr std::string_view kPerChunk = "_per_chunk", kPerToken = "_per_token";

/// Whether points differ in chunk size.  Then the cost of a chunk says little, since a larger chunk
/// does more work.
bool has_chunk_sizes(const PointTable& table) {
  const auto column = std::ranges::find(table.columns, "chunk", &PointColumn::name);
  if (column == table.columns.end()) return false;
  const auto at = static_cast<std::size_t>(column - table.columns.begin());
  const Cell* first = nullptr;
  for (const Point& point : table.points) {
    if (!point.done()) continue;
    if (first == nullptr) first = &point.results[at];
    if (point.results[at] != *first) return true;
  }
  return false;
}

std::vector<std::size_t> compared_columns(const PointTable& table) {
  const bool per_token = has_chunk_sizes(table);
  std::vector<std::size_t> chosen;
  for (const std::string_view of_chunk : kCompared) {
    std::string name(of_chunk);
    if (const std::size_t unit = name.find(kPerChunk); per_token && unit != std::string::npos)
      name.replace(unit, kPerChunk.size(), kPerToken);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i].name == name &&
          std::any_of(table.points.begin(), table.points.end(), [i](const Point& p) {
            return !std::holds_alternative<std::monostate>(p.results[i]);
          }))
        chosen.push_back(i);
  }
  return chosen;
}

std::string with_unit(const PointColumn& column) {
  return column.unit.empty() ? column.name : fmt::format("{} ({})", column.name, column.unit);
}

std::string markdown_cell(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return fmt::format("{:.4g}", *number);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *number);
  std::string out;
  for (char c : std::holds_alternative<std::string>(cell) ? std::get<std::string>(cell) : "") {
    // Characters that would end the cell or begin HTML.
    if (c == '|' || c == '<' || c == '\\' || c == '`') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

}  // namespace

PointTable to_point_table(const std::vector<RunResult>& results, std::string title) {
  PointTable table;
  table.title = std::move(title);
  for (const char* axis : {"machine", "algorithm", "format"})
    table.axes.push_back({axis, "", "of the comparison"});
  for (const Column& column : columns())
    table.columns.push_back({column.name, std::string(column.unit), std::string(column.meaning)});
  for (const RunResult& result : results) {
    Point point;
    point.index = static_cast<std::int64_t>(table.points.size());
    point.axes = {result.machine, result.algorithm, std::string(name(result.format))};
    for (const Column& column : columns()) point.results.push_back(column.value(result));
    table.points.push_back(std::move(point));
  }
  return table;
}

std::string to_markdown(const PointTable& table) {
  const std::vector<std::size_t> chosen = compared_columns(table);
  std::vector<TextColumn> heads;
  for (const PointColumn& axis : table.axes)
    heads.push_back({markdown_cell(with_unit(axis)), "", false});
  for (std::size_t i : chosen) {
    const PointColumn& column = table.columns[i];
    heads.push_back({with_unit(column), "", true});
  }
  heads.push_back({"failed", "", false});
  std::vector<std::vector<std::string>> rows;
  for (const Point& point : table.points) {
    std::vector<std::string> row;
    for (const Cell& cell : point.axes) row.push_back(markdown_cell(cell));
    for (std::size_t i : chosen) row.push_back(markdown_cell(point.results[i]));
    row.push_back(markdown_cell(point.reason));
    rows.push_back(std::move(row));
  }
  return markdown_table(heads, rows);
}

}  // namespace tricycle
