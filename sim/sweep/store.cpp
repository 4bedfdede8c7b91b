// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/error.h"
#include "sim/output_file.h"
#include "sim/sweep/sqlite_statement.h"

namespace tricycle {

namespace {

constexpr std::size_t kFixedColumns = 6;  // key, point, status, reason, seconds, axes

std::string quoted_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

/// Names of the columns of a store behind the fixed ones.
std::vector<std::string> report_columns(const std::string& columns_json) {
  std::vector<std::string> names;
  for (const auto& column : nlohmann::json::parse(columns_json))
    names.push_back(column.at("name").get<std::string>());
  return names;
}

std::string insert_text(const std::vector<std::string>& names, const std::string& source) {
  std::string columns = "key, point, status, reason, seconds, axes";
  std::string update;
  for (const std::string& name : names) columns += ", " + quoted_name(name);
  for (const char* name : {"point", "status", "reason", "seconds", "axes"})
    update += fmt::format("{0} = excluded.{0}, ", name);
  for (const std::string& name : names)
    update += fmt::format("{0} = excluded.{0}, ", quoted_name(name));
  update.resize(update.size() - 2);
  return fmt::format(
      "INSERT INTO points ({}) {} ON CONFLICT (key) DO UPDATE SET {} WHERE "
      "(excluded.status = 'done' AND points.status <> 'done') OR "
      "(excluded.status = points.status AND excluded.point < points.point)",
      columns, fmt::format(fmt::runtime(source), columns), update);
}

}  // namespace

struct Store::State {
  std::string path;
  sqlite3* db = nullptr;
  int lock = -1;
  std::vector<std::string> names;  // of the report columns
  std::unique_ptr<Statement> insert, has, find_inversion, insert_inversion;

  State(std::string file, int flags) : path(std::move(file)) {
    if (sqlite3_open_v2(path.c_str(), &db, flags, nullptr) != SQLITE_OK) {
      const std::string why = sqlite3_errmsg(db);
      sqlite3_close(db);
      throw InputError(fmt::format("{}: cannot open the store ({})", path, why));
    }
    sqlite3_busy_timeout(db, 60'000);
  }
  ~State() {
    insert.reset(), has.reset(), find_inversion.reset(), insert_inversion.reset();
    sqlite3_close(db);
    if (lock >= 0) close(lock);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// One sweep at a time writes a store.  A lock of its own: SQLite's own are held for moments.
  void take_lock() {
    lock = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0)
      throw InputError(path + ": another process writes this store; wait for it to end");
  }
  void begin_writing() {
    execute(db, "PRAGMA journal_mode = WAL");
    // The process may die at any moment and nothing is lost; only a power cut can lose rows.
    execute(db, "PRAGMA synchronous = NORMAL");
  }
  void prepare() {
    std::string marks = "VALUES (?";
    for (std::size_t i = 1; i < kFixedColumns + names.size(); ++i) marks += ", ?";
    insert = std::make_unique<Statement>(db, insert_text(names, marks + ")"));
    has = std::make_unique<Statement>(db, "SELECT 1 FROM points WHERE point = ?");
    find_inversion = std::make_unique<Statement>(db, "SELECT value FROM inversions WHERE key = ?");
    insert_inversion =
        std::make_unique<Statement>(db, "INSERT OR IGNORE INTO inversions VALUES (?, ?)");
  }
  std::string meta(const std::string& name) const {
    Statement select(db, "SELECT value FROM meta WHERE name = ?");
    return select.bind(1, name).step() ? select.text(0) : "";
  }
  /// Names the store's columns; refuses what is no store.
  void identify() {
    try {
      if (meta("schema") != "1") throw RunError(path + ": its schema is \"" + meta("schema") + '"');
      names = report_columns(meta("columns"));
    } catch (const std::exception& error) {
      throw InputError(
          fmt::format("{}: expected a store `tricycle sweep` made ({})", path, error.what()));
    }
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

void Store::make_tables(const std::string& path, const StoreMeta& meta) {
  const State state(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  std::string columns;
  execute(state.db, "BEGIN");
  execute(state.db, "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)");
  for (const auto& [name, value] : meta) {
    Statement(state.db, "INSERT INTO meta VALUES (?, ?)").bind(1, name).bind(2, value).run();
    if (name != "columns") continue;
    for (const std::string& column : report_columns(value)) columns += ", " + quoted_name(column);
  }
  execute(state.db,
          "CREATE TABLE points (key TEXT PRIMARY KEY, point INTEGER, status TEXT, reason TEXT, "
          "seconds REAL, axes TEXT" +
              columns + ")");
  execute(state.db, "CREATE INDEX points_by_point ON points (point)");
  execute(state.db, "CREATE TABLE inversions (key TEXT PRIMARY KEY, value TEXT)");
  execute(state.db, "COMMIT");
}

Store Store::create(const std::string& path, const StoreMeta& meta) {
  check_output_file(path);
  if (std::filesystem::exists(path))
    throw InputError(path + ": there is such a file; go on with it by --resume, or name another");
  // Whole or not at all, whatever kills the process: made under another name, without a log.
  const std::string unfinished = path + ".new";
  std::filesystem::remove(unfinished);
  make_tables(unfinished, meta);
  std::filesystem::rename(unfinished, path);
  return open(path, meta);
}

Store Store::draft(const std::string& path, const StoreMeta& meta) {
  make_tables(path, meta);
  Store store = read(path);
  execute(store.state_->db, "PRAGMA journal_mode = OFF");
  return store;
}

Store Store::open(const std::string& path, const StoreMeta& meta) {
  Store store = read(path);
  State& state = *store.state_;
  std::vector<std::string> faults;
  for (const auto& [name, value] : meta)
    if (state.meta(name) != value)
      faults.push_back(fmt::format("{}: its {} is another; name another store", path, name));
  throw_if_any(std::move(faults));
  state.take_lock();
  state.begin_writing();
  state.prepare();
  return store;
}

Store Store::read(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw InputError(path + ": expected a store `tricycle sweep` made, found no such file");
  auto state = std::make_unique<State>(path, SQLITE_OPEN_READWRITE);
  state->identify();
  return Store(std::move(state));
}

bool Store::has(std::uint64_t point) const {
  const bool found = state_->has->bind(1, static_cast<std::int64_t>(point)).step();
  state_->has->reset();
  return found;
}

std::optional<std::vector<Cell>> Store::figures(std::uint64_t point,
                                                const std::vector<std::string>& columns) const {
  std::string names;
  for (const std::string& column : columns)
    names += (names.empty() ? "" : ", ") + quoted_name(column);
  Statement select(state_->db, fmt::format("SELECT {} FROM points WHERE point = ? AND status = "
                                           "'done'",
                                           names));
  if (!select.bind(1, static_cast<std::int64_t>(point)).step()) return std::nullopt;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < columns.size(); ++i)
    cells.push_back(select.cell(static_cast<int>(i)));
  return cells;
}

void Store::insert(const PointRow& row) {
  Statement& s = *state_->insert;
  s.bind(1, row.key).bind(2, static_cast<std::int64_t>(row.point));
  s.bind(3, std::string(row.done ? "done" : "failed"));
  if (!row.done) s.bind(4, row.reason);
  s.bind(5, row.seconds).bind(6, row.axes);
  int at = static_cast<int>(kFixedColumns);
  for (const Cell& cell : row.cells)
    std::visit([&](const auto& value) { s.bind(++at, value); }, cell);
  s.run();
}

std::optional<std::string> Store::find_inversion(const std::string& key) const {
  Statement& s = *state_->find_inversion;
  std::optional<std::string> value;
  if (s.bind(1, key).step()) value = s.text(0);
  s.reset();
  return value;
}

void Store::insert_inversion(const std::string& key, const std::string& value) {
  state_->insert_inversion->bind(1, key).bind(2, value).run();
}

StoreMeta Store::meta() const {
  StoreMeta meta;
  Statement select(state_->db, "SELECT name, value FROM meta");
  while (select.step()) meta.emplace_back(select.text(0), select.text(1));
  return meta;
}
std::string Store::meta(const std::string& name) const { return state_->meta(name); }

std::int64_t Store::count(const std::string& status) const {
  Statement select(state_->db, "SELECT count(*) FROM points WHERE status = ?");
  select.bind(1, status).step();
  return select.integer(0);
}

void Store::for_each_reason(
    const std::function<void(const std::string& reason, std::int64_t count)>& f) const {
  Statement select(state_->db,
                   "SELECT reason, count(*) FROM points WHERE status = 'failed' GROUP BY reason "
                   "ORDER BY count(*) DESC, reason");
  while (select.step()) f(select.text(0), select.integer(1));
}

void Store::for_each(const std::function<void(const PointRow& row)>& f) const {
  std::string columns = "key, point, status, reason, seconds, axes";
  for (const std::string& name : state_->names) columns += ", " + quoted_name(name);
  Statement select(state_->db, "SELECT " + columns + " FROM points ORDER BY point, key");
  while (select.step()) {
    PointRow row{select.text(0),
                 static_cast<std::uint64_t>(select.integer(1)),
                 select.text(2) == "done",
                 select.text(3),
                 0,
                 select.text(5),
                 {}};
    for (std::size_t i = 0; i < state_->names.size(); ++i)
      row.cells.push_back(select.cell(static_cast<int>(kFixedColumns + i)));
    f(row);
  }
}

std::vector<std::string> Store::column_names() const { return state_->names; }

void Store::merge(const std::string& path) {
  try {
    Statement(state_->db, "ATTACH ? AS other").bind(1, path).run();
    execute(state_->db, "BEGIN");
    execute(state_->db, insert_text(state_->names, "SELECT {} FROM other.points WHERE true"));
    execute(state_->db, "INSERT OR IGNORE INTO inversions SELECT * FROM other.inversions");
    execute(state_->db, "COMMIT");
    execute(state_->db, "DETACH other");
  } catch (const RunError& error) {  // which of the two files it was, SQLite does not say
    throw RunError(fmt::format("{}: cannot be merged ({})", path, error.what()));
  }
}

void Store::finish() { execute(state_->db, "PRAGMA wal_checkpoint(TRUNCATE)"); }

void Store::forget_in_child() {
  if (state_->lock >= 0) close(state_->lock);
}

}  // namespace tricycle
