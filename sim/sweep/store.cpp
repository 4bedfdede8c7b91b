// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "models/error.h"
#include "sim/host/output_file.h"
#include "sim/host/temporary_name.h"
#include "sim/sweep/sqlite_statement.h"
#include "sim/sweep/store_check.h"
#include "sim/sweep/store_meta.h"

namespace tricycle {

namespace {

constexpr int kFinishMilliseconds = 2000;

std::string insert_text(const StoreLayout& layout) {
  std::string marks = "?", update;
  const auto add = [&](const std::string& name) {
    marks += ", ?";
    update += fmt::format("{0} = excluded.{0}, ", name);
  };
  for (const std::string& name : fixed_columns(true))
    if (name != "key") add(name);
  for (const StoreColumn& column : layout.columns) add(quoted_name(column.name));
  update.resize(update.size() - 2);
  return fmt::format(
      "INSERT INTO points ({}) VALUES ({}) ON CONFLICT (key) DO UPDATE SET {} WHERE "
      "(excluded.status = 'done' AND points.status <> 'done') OR "
      "(excluded.status = points.status AND excluded.point < points.point)",
      column_list(layout), marks, update);
}

/// Only one sweep at a time writes a store.  This lock is separate, as SQLite holds its own only
/// briefly.
int take_lock(const std::string& path) {
  const int lock = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (lock < 0) throw InputError(path + ": cannot read: " + std::strerror(errno));
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  close(lock);
  throw InputError(path + ": another process writes this store; wait for it to end");
}

}  // namespace

struct SweepStore::State {
  std::unique_ptr<Database> db;
  StoreLayout layout;
  int lock = -1;
  std::unique_ptr<Statement> insert, has, find_inversion, insert_inversion;

  State(const std::string& path, Database::Use use, int held_lock)
      : db(std::make_unique<Database>(path, use)), lock(held_lock) {}
  ~State() {
    insert.reset(), has.reset(), find_inversion.reset(), insert_inversion.reset();
    db.reset();  // before the lock: whoever closes a file gives up SQLite's own locks on it
    if (lock >= 0) close(lock);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Of a store that is to be written.
  void check(const CheckRow& row) {
    if (!layout.has_digests || !layout.has_inversions)
      refuse_store(db->path(), "its rows have no digests; run the sweep anew");
    check_rows(*db, layout, row);
  }
  void prepare() {
    insert = std::make_unique<Statement>(*db, insert_text(layout));
    has = std::make_unique<Statement>(*db, "SELECT 1 FROM points WHERE point = ?");
    find_inversion = std::make_unique<Statement>(*db, "SELECT value FROM inversions WHERE key = ?");
    insert_inversion =
        std::make_unique<Statement>(*db, "INSERT OR IGNORE INTO inversions VALUES (?, ?, ?)");
  }
  void begin_writing() {
    db->execute("PRAGMA journal_mode = WAL");
    // The process may die at any moment without loss; only a power cut can lose rows.
    db->execute("PRAGMA synchronous = NORMAL");
    prepare();
  }
};

SweepStore::SweepStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SweepStore::SweepStore(SweepStore&&) noexcept = default;
SweepStore::~SweepStore() = default;

std::optional<SweepStore> SweepStore::try_create(const std::string& path, const StoreMeta& meta) {
  check_store_name(path);
  check_output_file(path);
  // The store is made completely or not at all, whatever kills the process.  It is locked before it
  // gets its name.
  TemporaryName unfinished(path);
  make_tables(Database(unfinished.path(), Database::Use::kFill), with_digest(meta));
  if (!unfinished.publish_new()) return std::nullopt;
  auto state = std::make_unique<State>(path, Database::Use::kWrite, unfinished.release());
  state->layout = read_layout(*state->db);
  state->begin_writing();
  return SweepStore(std::move(state));
}

SweepStore SweepStore::create(const std::string& path, const StoreMeta& meta) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    if (auto store = try_create(path, meta)) return std::move(*store);
  check_output_file(path);
  close(take_lock(path));
  throw InputError(path + ": there is such a file; go on with it by --resume, or name another");
}

SweepStore SweepStore::resume(const std::string& path, const StoreMeta& meta,
                              const CheckRow& check) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    if (auto store = try_create(path, meta)) return std::move(*store);
  return open(path, meta, check);
}

SweepStore SweepStore::draft(const std::string& path, const StoreMeta& meta) {
  auto state = std::make_unique<State>(path, Database::Use::kFill, -1);
  make_tables(*state->db, with_digest(meta));
  state->layout = read_layout(*state->db);
  state->prepare();
  return SweepStore(std::move(state));
}

std::unique_ptr<SweepStore::State> SweepStore::locked(const std::string& path) {
  check_store_name(path);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw InputError(path + ": expected a store `tricycle sweep` made, found no such file");
  if (access(path.c_str(), W_OK) != 0)
    throw InputError(path + ": the store is not writable; copy it, or name another");
  const int lock = take_lock(path);
  auto state = std::make_unique<State>(path, Database::Use::kWrite, lock);
  state->layout = read_layout(*state->db);
  return state;
}

SweepStore SweepStore::open(const std::string& path, const StoreMeta& meta, const CheckRow& check) {
  auto state = locked(path);
  throw_if_any(faults_of_meta(path, state->layout.meta, meta));
  state->check(check);
  state->begin_writing();
  return SweepStore(std::move(state));
}

SweepStore SweepStore::lock(const std::string& path) {
  auto state = locked(path);
  state->check(nullptr);
  return SweepStore(std::move(state));
}

SweepStore SweepStore::read(const std::string& path) {
  auto state = std::make_unique<State>(path, Database::Use::kRead, -1);
  state->db->execute("BEGIN");  // what was looked at is what is read
  state->layout = read_layout(*state->db);
  check_rows(*state->db, state->layout);
  return SweepStore(std::move(state));
}

bool SweepStore::has(std::uint64_t point) const {
  const bool found = state_->has->bind(1, static_cast<std::int64_t>(point)).step();
  state_->has->reset();
  return found;
}

std::optional<std::vector<Cell>> SweepStore::figures(
    std::uint64_t point, const std::vector<std::string>& columns) const {
  std::string names;
  for (const std::string& column : columns)
    names += (names.empty() ? "" : ", ") + quoted_name(column);
  Statement select(*state_->db, fmt::format("SELECT {} FROM points WHERE point = ? AND status = "
                                            "'done'",
                                            names));
  if (!select.bind(1, static_cast<std::int64_t>(point)).step()) return std::nullopt;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    cells.push_back(select.cell(static_cast<int>(i)));
  return cells;
}

void SweepStore::insert(const PointRow& row) {
  Statement& s = *state_->insert;
  s.bind(1, row.key).bind(2, static_cast<std::int64_t>(row.point));
  s.bind(3, std::string(row.done ? "done" : "failed"));
  if (!row.done) s.bind(4, row.reason);
  s.bind(5, row.seconds).bind(6, row.axes).bind(7, row_digest(row));
  int at = 7;
  for (const Cell& cell : row.cells)
    std::visit([&](const auto& value) { s.bind(++at, value); }, cell);
  s.run();
}

std::optional<std::string> SweepStore::find_inversion(const std::string& key) const {
  Statement& s = *state_->find_inversion;
  std::optional<std::string> value;
  if (s.bind(1, key).step()) value = s.text(0);
  s.reset();
  return value;
}

void SweepStore::insert_inversion(const std::string& key, const std::string& value) {
  state_->insert_inversion->bind(1, key).bind(2, value).bind(3, inversion_digest(key, value)).run();
}

const StoreLayout& SweepStore::layout() const { return state_->layout; }
StoreMeta SweepStore::meta() const { return state_->layout.meta; }
std::string SweepStore::meta(const std::string& name) const { return find_meta(meta(), name); }

std::int64_t SweepStore::count(const std::string& status) const {
  Statement select(*state_->db, "SELECT count(*) FROM points WHERE status = ?");
  select.bind(1, status).step();
  return select.integer(0);
}

void SweepStore::for_each_reason(
    const std::function<void(const std::string& reason, std::int64_t count)>& f) const {
  Statement select(*state_->db,
                   "SELECT reason, count(*) FROM points WHERE status = 'failed' GROUP BY reason "
                   "ORDER BY count(*) DESC, reason");
  while (select.step()) f(select.text(0), select.integer(1));
}

std::vector<std::string> SweepStore::input_notes() const {
  std::vector<std::string> notes;
  const std::vector<std::string> names = column_names();
  if (std::find(names.begin(), names.end(), "input_note") == names.end()) return notes;
  Statement select(*state_->db,
                   "SELECT DISTINCT problem, input_note FROM points WHERE input_note IS NOT NULL "
                   "ORDER BY problem, input_note");
  while (select.step()) notes.push_back(select.text(0) + ": " + select.text(1));
  return notes;
}

void SweepStore::for_each(const std::function<void(const PointRow& row)>& f) const {
  Statement select(*state_->db, fmt::format("SELECT {} FROM points ORDER BY point, key",
                                            column_list(state_->layout)));
  while (select.step()) f(row_at(select, state_->layout));
}

std::vector<std::string> SweepStore::column_names() const {
  std::vector<std::string> names;
  for (const StoreColumn& column : state_->layout.columns) names.push_back(column.name);
  return names;
}

void SweepStore::merge(const SweepStore& other) {
  if (!state_->insert) state_->begin_writing();
  state_->db->execute("BEGIN IMMEDIATE");
  try {
    other.for_each([&](const PointRow& row) { insert(row); });
    if (other.state_->layout.has_inversions) {
      Statement select(*other.state_->db, "SELECT key, value FROM inversions");
      while (select.step()) insert_inversion(select.text(0), select.text(1));
    }
    state_->db->execute("COMMIT");
  } catch (...) {
    sqlite3_exec(state_->db->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

void SweepStore::forget_limited(std::int64_t timeout_seconds, std::int64_t memory_mib) {
  for (const auto& [pattern, limit] :
       {std::pair("timeout % s", timeout_seconds), std::pair("memory % MiB", memory_mib)})
    Statement(*state_->db,
              "DELETE FROM points WHERE status = 'failed' AND reason LIKE ?1 AND (?2 = 0 OR "
              "CAST(substr(reason, instr(reason, ' ') + 1) AS INTEGER) < ?2)")
        .bind(1, std::string(pattern))
        .bind(2, limit)
        .run();
}

void SweepStore::finish() {
  sqlite3* db = state_->db->handle();
  sqlite3_busy_timeout(db, kFinishMilliseconds);  // who reads the log now leaves it there
  state_->db->execute("PRAGMA wal_checkpoint(TRUNCATE)");
  sqlite3_exec(db, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
}

void SweepStore::forget_in_child() {
  if (state_->lock >= 0) close(state_->lock);
}

}  // namespace tricycle
