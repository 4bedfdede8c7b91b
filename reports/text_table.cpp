// SPDX-License-Identifier: Apache-2.0
#include "reports/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/printable.h"

namespace tricycle {

std::string text_table(const std::vector<TextColumn>& columns,
                       const std::vector<std::vector<std::string>>& texts, std::size_t indent) {
  std::vector<std::vector<std::string>> rows = texts;
  for (auto& row : rows)
    for (std::string& cell : row) cell = printable(cell);
  std::vector<std::string> titles, units;
  std::vector<std::size_t> widths;
  for (const TextColumn& column : columns) {
    titles.push_back(column.title);
    units.push_back(column.unit);
    widths.push_back(std::max(column.title.size(), column.unit.size()));
  }
  for (const auto& row : rows)
    for (std::size_t i = 0; row.size() == columns.size() && i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());

  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line(indent, ' ');
    if (cells.size() == 1 && columns.size() > 1) line += cells.front();
    for (std::size_t i = 0; cells.size() == columns.size() && i < cells.size(); ++i) {
      if (i > 0) line += "  ";
      line += columns[i].right_aligned ? fmt::format("{:>{}}", cells[i], widths[i])
                                       : fmt::format("{:<{}}", cells[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_line(titles);
  const auto is_empty = [](const std::string& unit) { return unit.empty(); };
  if (!std::all_of(units.begin(), units.end(), is_empty)) add_line(units);
  for (const auto& row : rows) add_line(row);
  return text;
}

std::string markdown_table(const std::vector<TextColumn>& columns,
                           const std::vector<std::vector<std::string>>& rows) {
  std::string text = "|", rule = "|";
  for (const TextColumn& column : columns) {
    text += fmt::format(" {} |", column.title);
    rule += column.right_aligned ? " ---: |" : " --- |";
  }
  text += "\n" + rule + "\n";
  for (const auto& row : rows) text += fmt::format("| {} |\n", fmt::join(row, " | "));
  return text;
}

std::string signed_text(double value, int digits) {
  const std::string text = fmt::format("{:+.{}f}", value, digits);
  return text.find_first_of("123456789") == std::string::npos && std::isfinite(value)
             ? text.substr(1)
             : text;
}

}  // namespace tricycle
