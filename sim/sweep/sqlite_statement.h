// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <variant>

#include "reports/columns.h"
#include "sim/sweep/database.h"

namespace tricycle {

/// A prepared statement of SQLite.  It throws as Database::fail().
class Statement {
 public:
  /// The database must outlive it.
  Statement(const Database& db, const std::string& sql) : db_(db) {
    if (sqlite3_prepare_v2(db.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      db_.fail();
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, const std::string& text) {
    return check(sqlite3_bind_text64(statement_, at, text.data(), text.size(), SQLITE_TRANSIENT,
                                     SQLITE_UTF8));
  }
  Statement& bind(int at, std::int64_t value) {
    return check(sqlite3_bind_int64(statement_, at, value));
  }
  /// A number that is not finite becomes NULL, as in result.json.
  Statement& bind(int at, double value) {
    return check(std::isfinite(value) ? sqlite3_bind_double(statement_, at, value)
                                      : sqlite3_bind_null(statement_, at));
  }
  Statement& bind(int at, std::monostate) { return check(sqlite3_bind_null(statement_, at)); }
  /// Executes the next step.  Returns whether there is a row.
  bool step() {
    const int status = sqlite3_step(statement_);
    if (status != SQLITE_ROW && status != SQLITE_DONE) db_.fail();
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
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
    return text == nullptr ? "" : std::string(text, size);
  }
  /// The type: SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL.
  int type(int at) const { return sqlite3_column_type(statement_, at); }
  std::int64_t integer(int at) const { return sqlite3_column_int64(statement_, at); }
  double real(int at) const { return sqlite3_column_double(statement_, at); }
  Cell cell(int at) const {
    switch (sqlite3_column_type(statement_, at)) {
      case SQLITE_INTEGER: return integer(at);
      case SQLITE_FLOAT: return sqlite3_column_double(statement_, at);
      case SQLITE_NULL: return {};
      default: return text(at);
    }
  }

 private:
  Statement& check(int status) {
    if (status != SQLITE_OK) db_.fail();
    return *this;
  }
  const Database& db_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace tricycle
