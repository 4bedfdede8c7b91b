// SPDX-License-Identifier: Apache-2.0
//
// A connection to an SQLite file that may be untrusted.  Nothing in its schema runs, and a fault of
// the file becomes one line that names it.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace tricycle {

class Database {
 public:
  enum class Use : std::uint8_t {
    kRead,   // never writes, and needs no permission to write
    kWrite,  // writes to a file that exists
    /// Fills an empty file of our own, without a log; the file is complete or useless.
    kFill
  };
  /// Throws InputError where there is no file, or none that can be opened.
  Database(std::string path, Use use);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return db_; }
  void execute(const std::string& sql) const;

  /// Between these calls statements have a time limit.  One that runs long after a file of this
  /// size should have been read ends with InputError.
  void begin_time_limit();
  void end_time_limit();

  /// Throws the fault of the last call: InputError where the file is to blame, RunError where the
  /// disk or another process is.
  [[noreturn]] void fail() const;

 private:
  void open(const std::string& name, int flags);
  void open_to_read();
  bool is_readable() const;
  void restrict() const;

  std::string path_;
  Use use_;
  sqlite3* db_ = nullptr;
  std::chrono::steady_clock::time_point deadline_;
};

/// "FILE: expected a store `tricycle sweep` made (WHY)".  Throws InputError.
[[noreturn]] void refuse_store(const std::string& path, const std::string& why);

/// Refuses names of SQLite's own files beside a database.  Throws InputError.
void check_store_name(const std::string& path);

}  // namespace tricycle
