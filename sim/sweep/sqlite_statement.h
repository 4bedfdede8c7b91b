// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <variant>

#include "models/error.h"
#include "reports/columns.h"

namespace tricycle {

/// A prepared statement of SQLite.  Every fault is a RunError that names the file.
class Statement {
 public:
  Statement(sqlite3* db, const std::string& sql) : db_(db) {
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, const std::string& text) {
    sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_, at, value);
    return *this;
  }
  /// Not finite: NULL, as in result.json.
  Statement& bind(int at, double value) {
    if (std::isfinite(value))
      sqlite3_bind_double(statement_, at, value);
    else
      sqlite3_bind_null(statement_, at);
    return *this;
  }
  Statement& bind(int at, std::monostate) {
    sqlite3_bind_null(statement_, at);
    return *this;
  }
  /// Whether there is a row.
  bool step() {
    const int status = sqlite3_step(statement_);
    if (status != SQLITE_ROW && status != SQLITE_DONE) fail();
    return status == SQLITE_ROW;
  }
  void run() {
    step();
    reset();
  }
  void reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  std::string text(int at) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, at));
    return text == nullptr ? "" : std::string(text);
  }
  std::int64_t integer(int at) const { return sqlite3_column_int64(statement_, at); }
  Cell cell(int at) const {
    switch (sqlite3_column_type(statement_, at)) {
      case SQLITE_INTEGER: return integer(at);
      case SQLITE_FLOAT: return sqlite3_column_double(statement_, at);
      case SQLITE_NULL: return {};
      default: return text(at);
    }
  }

 private:
  [[noreturn]] void fail() const {
    throw RunError(fmt::format("{}: {}", sqlite3_db_filename(db_, "main"), sqlite3_errmsg(db_)));
  }
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

inline void execute(sqlite3* db, const std::string& sql) { Statement(db, sql).run(); }

}  // namespace tricycle
