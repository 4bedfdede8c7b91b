// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/database.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include "models/error.h"
#include "sim/host/messages.h"
#include "sim/sweep/sqlite_statement.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

constexpr int kBusyMilliseconds = 60'000;
/// Limit on a row or a text of meta; the grid itself is the longest.
constexpr int kLongestValue = 32 << 20;
constexpr std::chrono::seconds kShortestTime{30};
constexpr std::uintmax_t kBytesPerSecond = 1 << 20;  // the slowest reading that is allowed
constexpr int kStepsBetweenLooks = 20'000;

/// Stands after the last header of a rollback journal that names further files
/// (sqlite.org/fileformat2).  Undoing such a journal would open and remove these files.
constexpr std::string_view kJournalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";

std::uintmax_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

/// A name SQLite takes for a path and for nothing else, such as :memory: or file:x?mode=rwc.
std::string plain_name(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

std::string uri_of_immutable(const std::string& path) {
  std::string uri = "file:";
  for (const char c : fs::absolute(path).string())
    uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return uri + "?immutable=1";
}

bool names_other_files(const std::string& journal) {
  std::ifstream in(journal, std::ios::binary);
  in.seekg(-static_cast<std::streamoff>(kJournalMagic.size()), std::ios::end);
  std::string end(kJournalMagic.size(), '\0');
  in.read(end.data(), static_cast<std::streamsize>(end.size()));
  return in && end == kJournalMagic;
}

int look_at_clock(void* deadline) {
  return std::chrono::steady_clock::now() >
         *static_cast<const std::chrono::steady_clock::time_point*>(deadline);
}

}  // namespace

void refuse_store(const std::string& path, const std::string& why) {
  throw InputError(fmt::format("{}: expected a store `tricycle sweep` made ({})", path, why));
}

void check_store_name(const std::string& path) {
  for (const char* suffix : {"-wal", "-shm", "-journal"})
    if (path.ends_with(suffix))
      throw InputError(fmt::format(
          "{}: SQLite keeps files of its own under names that end in {}; name another store", path,
          suffix));
}

Database::Database(std::string path, Use use) : path_(std::move(path)), use_(use) {
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (!fs::exists(status))
    throw InputError(path_ + ": expected a store `tricycle sweep` made, found no such file");
  if (!fs::is_regular_file(status)) refuse_store(path_, "it is no regular file");
  try {
    switch (use) {
      case Use::kRead: open_to_read(); break;
      case Use::kWrite:
        if (names_other_files(path_ + "-journal"))
          refuse_store(path_, "the journal beside it is of several files");
        open(plain_name(path_), SQLITE_OPEN_READWRITE);
        break;
      case Use::kFill:
        open(plain_name(path_), SQLITE_OPEN_READWRITE);
        execute("PRAGMA journal_mode = OFF");
        break;
    }
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

Database::~Database() { sqlite3_close(db_); }

void Database::open(const std::string& name, int flags) {
  sqlite3_close(db_);
  db_ = nullptr;
  if (sqlite3_open_v2(name.c_str(), &db_, flags | SQLITE_OPEN_PRIVATECACHE, nullptr) != SQLITE_OK)
    throw InputError(fmt::format("{}: cannot open the store ({})", path_, sqlite3_errmsg(db_)));
  sqlite3_busy_timeout(db_, kBusyMilliseconds);
  restrict();
}

/// Makes sure that nothing in a file runs, and that nothing grows without bound.
void Database::restrict() const {
  const auto set = [&](int option, int value) {
    sqlite3_db_config(db_, option, value, static_cast<int*>(nullptr));
  };
  set(SQLITE_DBCONFIG_DEFENSIVE, use_ == Use::kFill ? 0 : 1);  // it insists on a log
  set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
  set(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
  set(SQLITE_DBCONFIG_ENABLE_VIEW, 0);
  set(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
  set(SQLITE_DBCONFIG_DQS_DML, 0);  // "name" is a column or a fault, never a text
  set(SQLITE_DBCONFIG_DQS_DDL, 0);
  sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, kLongestValue);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(db_, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  sqlite3_exec(db_, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", nullptr, nullptr, nullptr);
}

bool Database::is_readable() const {
  switch (sqlite3_exec(db_, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) &
          0xff) {
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return false;
    default: return true;  // other faults are told by who asks next
  }
}

void Database::open_to_read() {
  open(plain_name(path_), SQLITE_OPEN_READONLY);
  if (is_readable()) return;
  // SQLite wants files beside a store that has, or had, a log.  A store without rows in the log
  // holds everything and can do without them.
  for (const char* log : {"-wal", "-journal"})
    if (size_of(path_ + log) > 0)
      throw InputError(fmt::format(
          "{0}: cannot be read without changing {0}{1}, which holds a part of it; let `tricycle "
          "sweep --resume` or `merge` finish it, or copy both to a place you can write",
          path_, log));
  open(uri_of_immutable(path_), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

void Database::execute(const std::string& sql) const { Statement(*this, sql).run(); }

void Database::begin_time_limit() {
  deadline_ = std::chrono::steady_clock::now() + kShortestTime +
              std::chrono::seconds(size_of(path_) / kBytesPerSecond);
  sqlite3_progress_handler(db_, kStepsBetweenLooks, look_at_clock, &deadline_);
}

void Database::end_time_limit() { sqlite3_progress_handler(db_, 0, nullptr, nullptr); }

void Database::fail() const {
  const std::string why = printable(sqlite3_errmsg(db_));
  switch (sqlite3_errcode(db_) & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_PERM: refuse_store(path_, "it cannot be written");
    case SQLITE_CANTOPEN:
      if (use_ == Use::kRead) refuse_store(path_, "it cannot be opened");
      [[fallthrough]];
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw RunError(fmt::format("{}: cannot read or write the store ({}); what it holds is kept",
                                 path_, why));
    case SQLITE_NOMEM: throw RunError(fmt::format("{}: no memory to read the store", path_));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      throw RunError(fmt::format("{}: another process keeps the store locked ({})", path_, why));
    case SQLITE_INTERRUPT: refuse_store(path_, "it takes far too long to read");
    case SQLITE_TOOBIG: refuse_store(path_, "a value in it is far too long");
    case SQLITE_NOTADB: refuse_store(path_, "file is not a database");
    case SQLITE_CORRUPT: refuse_store(path_, "it is damaged");
    default: refuse_store(path_, "its tables are not those of a store");
  }
}

}  // namespace tricycle
