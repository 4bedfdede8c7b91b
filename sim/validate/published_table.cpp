// SPDX-License-Identifier: Apache-2.0
#include "sim/validate/published_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else if (c != '\r')
      cells.back() += c;
  }
  return cells;
}

/// A cell as a number, all of it; nullopt if it is none.
template <typename Number>
std::optional<Number> parsed(const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

PublishedTable::PublishedTable(const std::string& path) : path_(path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line))
    throw InputError(fmt::format("{}: expected a table of published figures", path));
  titles_ = cells_of(line);
  while (std::getline(file, line)) {
    rows_.push_back(cells_of(line));
    if (rows_.back().size() != titles_.size())
      throw InputError(fmt::format("{}:{}: expected {} cells, got {}", path, rows_.size() + 1,
                                   titles_.size(), rows_.back().size()));
  }
  if (rows_.empty()) throw InputError(fmt::format("{}: expected rows below the titles", path));
}

bool PublishedTable::has(std::string_view title) const {
  return std::find(titles_.begin(), titles_.end(), title) != titles_.end();
}

const std::string& PublishedTable::text(std::size_t row, std::string_view title) const {
  const auto found = std::find(titles_.begin(), titles_.end(), title);
  if (found == titles_.end())
    throw InputError(fmt::format("{}:1: expected a column {}", path_, title));
  return rows_[row][static_cast<std::size_t>(found - titles_.begin())];
}

double PublishedTable::number(std::size_t row, std::string_view title) const {
  const auto value = parsed<double>(text(row, title));
  if (!value) refuse(row, title, "a number");
  return *value;
}

int PublishedTable::integer(std::size_t row, std::string_view title) const {
  const auto value = parsed<int>(text(row, title));
  if (!value) refuse(row, title, "an integer");
  return *value;
}

RowUse PublishedTable::use(std::size_t row) const {
  const auto found = std::find(kRowUseNames.begin(), kRowUseNames.end(), text(row, "use"));
  if (found == kRowUseNames.end())
    refuse(row, "use", fmt::format("one of {}", fmt::join(kRowUseNames, ", ")));
  return static_cast<RowUse>(found - kRowUseNames.begin());
}

void PublishedTable::refuse(std::size_t row, std::string_view title,
                            std::string_view expected) const {
  throw InputError(fmt::format("{}:{}: {}: expected {}, got \"{}\"", path_, row + 2, title,
                               expected, text(row, title)));
}

HwConfig machine_of(const PublishedTable& table, std::size_t row) {
  return load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", table.text(row, "machine"))));
}

Format format_of(const PublishedTable& table, std::size_t row) {
  const auto found = find_format(table.text(row, "format"));
  if (!found) table.refuse(row, "format", "one of " + format_names());
  return *found;
}

}  // namespace tricycle
