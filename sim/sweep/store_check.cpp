// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/json.h"
#include "sim/host/messages.h"
#include "sim/sweep/grid.h"
#include "sim/sweep/point_run.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

constexpr std::size_t kLongestText = 1 << 16;
constexpr const char* kDigestUnit = "SHA-256";

bool is_text(const std::string& text) {
  return text.size() <= kLongestText && is_utf8(text) && !has_control(text);
}

bool is_digest(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Whether a text is a JSON object of exactly these names, each with one plain value.
bool is_axes(const std::string& text, const std::vector<std::string>& names) {
  if (!is_text(text)) return false;
  const Json object = Json::try_parse(text, 1).value_or(nullptr);
  if (!object.is_object() || object.size() != names.size()) return false;
  return std::ranges::all_of(names, [&](const std::string& name) {
    const Json* value = object.find(name);
    if (value == nullptr) return false;
    if (value->is_number_float()) return std::isfinite(value->real());
    if (value->is_number_unsigned())  // what is above does not fit a cell
      return value->natural() <= static_cast<std::uint64_t>(INT64_MAX);
    return !value->is_string() || !has_control(value->text());
  });
}

enum class ColumnKind : std::uint8_t { kNumber, kWord, kDigest, kAny };

/// The kind of the values in a column, where it has a unit or this program has the column too.
ColumnKind kind_of(const StoreColumn& column) {
  if (column.unit == kDigestUnit) return ColumnKind::kDigest;
  if (!column.unit.empty()) return ColumnKind::kNumber;
  const auto known = std::ranges::find(columns(), column.name, &Column::name);
  if (known == columns().end()) return ColumnKind::kAny;
  const Cell cell = known->value(RunResult{});  // words are words of every run
  if (std::holds_alternative<std::monostate>(cell)) return ColumnKind::kAny;
  return std::holds_alternative<std::string>(cell) ? ColumnKind::kWord : ColumnKind::kNumber;
}

bool fits(const Cell& cell, ColumnKind kind) {
  if (std::holds_alternative<std::monostate>(cell)) return true;
  const auto* text = std::get_if<std::string>(&cell);
  const auto* real = std::get_if<double>(&cell);
  if (text != nullptr && !is_text(*text)) return false;
  if (real != nullptr && !std::isfinite(*real)) return false;
  switch (kind) {
    case ColumnKind::kNumber: return text == nullptr;
    case ColumnKind::kWord: return text != nullptr;
    case ColumnKind::kDigest: return text != nullptr && is_digest(*text);
    case ColumnKind::kAny: return true;
  }
  return false;
}

/// Types of the fixed columns, as a row of a sweep has them.
bool has_types(const Statement& select, const StoreLayout& layout) {
  const bool has_reason = select.type(3) != SQLITE_NULL;
  bool blob = false;
  const std::size_t all = fixed_columns(layout.has_digests).size() + layout.columns.size();
  for (std::size_t i = 0; i < all; ++i)
    blob = blob || select.type(static_cast<int>(i)) == SQLITE_BLOB;
  const std::string status = select.text(2);
  return !blob && select.type(0) == SQLITE_TEXT && select.type(1) == SQLITE_INTEGER &&
         (status == (has_reason ? "failed" : "done")) &&
         (!has_reason || select.type(3) == SQLITE_TEXT) && select.type(4) == SQLITE_FLOAT &&
         select.type(5) == SQLITE_TEXT;
}

/// What is wrong with a row; empty: nothing.
std::string fault_of(const PointRow& row, const StoreLayout& layout,
                     const std::vector<ColumnKind>& kinds) {
  if (!is_digest(row.key)) return "its key is no digest";
  if (!is_text(row.reason)) return "its reason is no line of text";
  if (!std::isfinite(row.seconds) || row.seconds < 0) return "its seconds are no duration";
  if (!is_axes(row.axes, layout.axes)) return "its axes are not those of the grid";
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Cell& cell = row.cells[i];
    if (!row.done && !std::holds_alternative<std::monostate>(cell))
      return "it failed and has figures";
    if (!fits(cell, kinds[i])) return fmt::format("column {} has no such values", i + 1);
  }
  return "";
}

void check_inversions(const Database& db) {
  Statement select(db, "SELECT key, value, digest FROM inversions");
  while (select.step()) {
    const bool texts = select.type(0) == SQLITE_TEXT && select.type(1) == SQLITE_TEXT;
    const std::string key = select.text(0), value = select.text(1);
    if (!texts || !is_digest(key) || !is_shared_value(value) ||
        select.text(2) != inversion_digest(key, value))
      refuse_store(db.path(), "it is damaged: values that points share are not what was written");
  }
}

void add(std::string& text, const Cell& cell) {
  if (const auto* word = std::get_if<std::string>(&cell))
    text += fmt::format("t{}:{}", word->size(), *word);
  else if (const auto* whole = std::get_if<std::int64_t>(&cell))
    text += fmt::format("i{};", *whole);
  else if (const auto* real = std::get_if<double>(&cell))  // -0 comes back as 0
    text += fmt::format("r{:016x};", std::bit_cast<std::uint64_t>(*real == 0 ? 0.0 : *real));
  else
    text += "n;";
}

}  // namespace

std::string row_digest(const PointRow& row) {
  std::string text;
  add(text, row.key);
  add(text, static_cast<std::int64_t>(row.point));
  add(text, row.done ? Cell() : Cell(row.reason));
  add(text, row.seconds);
  add(text, row.axes);
  // Figures that a failed row does not have are NULL in its table.
  std::size_t count = row.cells.size();
  while (count > 0 && std::holds_alternative<std::monostate>(row.cells[count - 1])) --count;
  for (std::size_t i = 0; i < count; ++i) add(text, row.cells[i]);
  return sha256(text);
}

std::string inversion_digest(std::string_view key, std::string_view value) {
  return sha256(fmt::format("{}:{}", key, value));
}

PointRow row_at(const Statement& select, const StoreLayout& layout) {
  PointRow row{select.text(0),
               static_cast<std::uint64_t>(select.integer(1)),
               select.text(2) == "done",
               select.text(3),
               select.real(4),
               select.text(5),
               {}};
  const std::size_t fixed = fixed_columns(layout.has_digests).size();
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    row.cells.push_back(select.cell(static_cast<int>(fixed + i)));
  return row;
}

void check_rows(Database& db, const StoreLayout& layout,
                const std::function<std::string(const PointRow& row)>& also) {
  db.begin_time_limit();
  {
    Statement pages(db, "PRAGMA integrity_check(1)");
    if (!pages.step() || pages.text(0) != "ok") refuse_store(db.path(), "it is damaged");
  }
  std::vector<ColumnKind> kinds;
  for (const StoreColumn& column : layout.columns) kinds.push_back(kind_of(column));
  const std::uint64_t expected = std::stoull(find_meta(layout.meta, "points"));
  const std::string size_text = find_meta(layout.meta, "size");
  const auto most = static_cast<std::uint64_t>(kMostGridPoints);
  const std::uint64_t size = size_text.empty() ? most : std::stoull(size_text);
  std::uint64_t rows = 0;
  Statement select(db, "SELECT " + column_list(layout) + " FROM points");
  while (select.step()) {
    const PointRow row = row_at(select, layout);
    std::string fault;
    if (select.integer(1) < 0 || row.point >= size)
      refuse_store(db.path(), "a row has no number of a point");
    if (!has_types(select, layout))
      fault = "its values are not of the types a sweep writes";
    else if (layout.has_digests && select.text(6) != row_digest(row))
      fault = "it is damaged, not what was written";
    else
      fault = fault_of(row, layout, kinds);
    if (fault.empty() && also) fault = also(row);
    if (fault.empty() && ++rows > expected) fault = "there are more rows than points";
    if (!fault.empty()) refuse_store(db.path(), fmt::format("point {}: {}", row.point, fault));
  }
  if (layout.has_inversions) check_inversions(db);
  db.end_time_limit();
}

}  // namespace tricycle
