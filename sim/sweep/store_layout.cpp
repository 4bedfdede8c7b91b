// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "models/error.h"
#include "models/json.h"
#include "sim/host/messages.h"
#include "sim/sweep/sqlite_statement.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

constexpr std::size_t kMostMeta = 32, kMostNames = 1990;  // SQLite has 2000 columns a table
constexpr int kDeepest = 4;
constexpr const char* kMetaTable = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)";
constexpr const char* kInversionsTable =
    "CREATE TABLE inversions (key TEXT PRIMARY KEY, value TEXT, digest TEXT)";
/// Of stores made before rows had digests; nobody reads it.
constexpr const char* kPlainInversionsTable =
    "CREATE TABLE inversions (key TEXT PRIMARY KEY, value TEXT)";
constexpr const char* kPointIndex = "CREATE INDEX points_by_point ON points (point)";

std::string points_table(const std::vector<StoreColumn>& columns, bool has_digests) {
  std::string sql =
      "CREATE TABLE points (key TEXT PRIMARY KEY, point INTEGER, status TEXT, reason TEXT, seconds "
      "REAL, axes TEXT";
  if (has_digests) sql += ", digest TEXT";
  for (const StoreColumn& column : columns) sql += ", " + quoted_name(column.name);
  return sql + ")";
}

/// Texts of a schema are compared without their spaces, which others write otherwise.
std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

/// JSON of meta; nullptr: none.
Json parsed(const std::string& text) { return Json::try_parse(text, kDeepest).value_or(nullptr); }

bool is_column_name(const Json& value) {
  constexpr std::size_t kLongestName = 1000;
  return value.is_string() && !value.text().empty() && value.text().size() <= kLongestName &&
         !has_control(value.text());
}

std::vector<std::string> read_axes(const Database& db, const std::string& text) {
  const Json list = parsed(text);
  std::vector<std::string> names;
  std::set<std::string> distinct;
  if (list.is_array() && list.size() <= kMostNames && std::ranges::all_of(list, is_column_name))
    for (const Json& name : list)
      if (distinct.insert(name.text()).second) names.push_back(name.text());
  if (!list.is_array() || names.size() != list.size())
    refuse_store(db.path(), "its meta has no list of axes");
  return names;
}

std::vector<StoreColumn> read_columns(const Database& db, const std::string& text) {
  const Json list = parsed(text);
  const auto is_column = [](const Json& column) {
    const auto is_text = [&](const char* key) {
      return column.contains(key) && column[key].is_string() && !has_control(column[key].text());
    };
    return column.is_object() && column.contains("name") && is_column_name(column["name"]) &&
           is_text("unit") && is_text("meaning");
  };
  std::vector<StoreColumn> columns;
  std::set<std::string> distinct;
  if (list.is_array() && list.size() <= kMostNames && std::ranges::all_of(list, is_column))
    for (const Json& column : list)
      if (distinct.insert(column["name"].text()).second)
        columns.push_back({column["name"].text(), column["unit"].text(), column["meaning"].text()});
  if (!list.is_array() || columns.size() != list.size())
    refuse_store(db.path(), "its meta has no list of columns");
  return columns;
}

/// Name -> text of what the schema has; objects SQLite makes for a table have no text.
std::vector<std::pair<std::string, std::string>> read_schema(const Database& db) {
  constexpr std::size_t kMost = 16;
  std::vector<std::pair<std::string, std::string>> objects;
  Statement select(db, "SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 17");
  while (select.step()) {
    const std::string type = select.text(0), name = select.text(1), sql = select.text(3);
    const bool made_for_table =
        type == "index" && sql.empty() && name == "sqlite_autoindex_" + select.text(2) + "_1";
    if (!made_for_table) objects.emplace_back(name, without_spaces(sql));
    if (objects.size() > kMost) break;
  }
  return objects;
}

StoreMeta read_meta(const Database& db) {
  StoreMeta meta;
  std::set<std::string> distinct;
  Statement select(db, "SELECT name, value FROM meta");
  while (select.step()) {
    const bool texts = select.type(0) == SQLITE_TEXT && select.type(1) == SQLITE_TEXT;
    meta.emplace_back(select.text(0), select.text(1));
    const auto& [name, value] = meta.back();
    if (!texts || has_control(name) || !is_utf8(name) || !is_utf8(value) ||
        value.find('\0') != std::string::npos || !distinct.insert(name).second ||
        meta.size() > kMostMeta)
      refuse_store(db.path(), "its meta is not what a sweep writes");
  }
  return meta;
}

void check_meta(const Database& db, const StoreMeta& meta) {
  const std::string& path = db.path();
  if (find_meta(meta, "schema") != "1")
    refuse_store(path, "its meta has not the schema this program knows, 1");
  const std::string digest = find_meta(meta, "digest"), grid = find_meta(meta, "grid");
  if (!digest.empty() && digest != meta_digest(meta))
    refuse_store(path, "it is damaged: its meta is not what was written");
  if (find_meta(meta, "grid_digest") != sha256(grid))
    refuse_store(path, "it is damaged: its grid is not what was written");
  for (const char* name : {"points", "size"}) {
    const std::string count = find_meta(meta, name);
    const bool may_lack = name == std::string_view("size") && count.empty();
    if (!may_lack && (count.empty() || count.size() > 16 ||
                      count.find_first_not_of("0123456789") != std::string::npos))
      refuse_store(path, "its meta has no number of points");
  }
  for (const char* name : {"version", "build"})
    if (has_control(find_meta(meta, name))) refuse_store(path, "its meta has no version");
}

}  // namespace

std::vector<std::string> fixed_columns(bool has_digests) {
  std::vector<std::string> names{"key", "point", "status", "reason", "seconds", "axes"};
  if (has_digests) names.emplace_back("digest");
  return names;
}

std::string quoted_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string column_list(const StoreLayout& layout) {
  std::string list = fmt::format("{}", fmt::join(fixed_columns(layout.has_digests), ", "));
  for (const StoreColumn& column : layout.columns) list += ", " + quoted_name(column.name);
  return list;
}

std::string find_meta(const StoreMeta& meta, std::string_view name) {
  for (const auto& [key, value] : meta)
    if (key == name) return value;
  return "";
}

std::string meta_digest(const StoreMeta& meta) {
  Sha256 sha;
  const auto add = [&](const std::string& text) {
    const std::string framed = fmt::format("{}:", text.size()) + text;
    sha.update({reinterpret_cast<const std::uint8_t*>(framed.data()), framed.size()});
  };
  for (const auto& [name, value] : meta)
    if (name != "digest") add(name), add(value);
  return sha.hex();
}

void make_tables(const Database& db, const StoreMeta& meta) {
  db.execute("BEGIN");
  db.execute(kMetaTable);
  for (const auto& [name, value] : meta)
    Statement(db, "INSERT INTO meta VALUES (?, ?)").bind(1, name).bind(2, value).run();
  db.execute(points_table(read_columns(db, find_meta(meta, "columns")), true));
  db.execute(kPointIndex);
  db.execute(kInversionsTable);
  db.execute("COMMIT");
}

StoreLayout read_layout(const Database& db) {
  const auto schema = read_schema(db);
  const auto has = [&](const char* name, const std::string& sql) {
    return std::ranges::any_of(schema, [&](const auto& object) {
      return object.first == name && object.second == without_spaces(sql);
    });
  };
  if (!has("meta", kMetaTable)) refuse_store(db.path(), "it has no table meta");
  StoreLayout layout;
  layout.meta = read_meta(db);
  check_meta(db, layout.meta);
  layout.axes = read_axes(db, find_meta(layout.meta, "axes"));
  layout.columns = read_columns(db, find_meta(layout.meta, "columns"));
  layout.has_digests = has("points", points_table(layout.columns, true));
  layout.has_inversions = has("inversions", kInversionsTable);
  if (!layout.has_digests && !has("points", points_table(layout.columns, false)))
    refuse_store(db.path(), "its table points has not the columns its meta lists");
  const bool has_plain = has("inversions", kPlainInversionsTable);
  const std::size_t known = 2U + (layout.has_inversions || has_plain ? 1U : 0U) +
                            (has("points_by_point", kPointIndex) ? 1U : 0U);
  if (schema.size() != known)
    refuse_store(db.path(), "it has tables, views, triggers or indices that no sweep makes");
  return layout;
}

}  // namespace tricycle
