// SPDX-License-Identifier: Apache-2.0
//
// The results of a sweep in one SQLite file (write-ahead log; not on NFS).
//
//   meta(name TEXT PRIMARY KEY, value TEXT): schema, version, grid, grid_digest, sources, axes,
//     points, columns
//   points(key TEXT PRIMARY KEY, point, status, reason, seconds, axes, then every report column)
//   inversions(key TEXT PRIMARY KEY, value): digests and accuracies that points share
//
// docs/sweep.md documents it.  Every row is on its own: whatever kills the process, the rows that
// were written stay.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// One row of the table points.
struct PointRow {
  std::string key;          // SHA-256 of the resolved configuration and the version
  std::uint64_t point = 0;  // in the grid
  bool done = false;
  std::string reason;  // why not
  double seconds = 0;
  std::string axes;         // JSON object: name -> value
  std::vector<Cell> cells;  // as columns(); empty where it failed
};

/// Name and value of the rows of meta, in order.
using StoreMeta = std::vector<std::pair<std::string, std::string>>;

class Store {
 public:
  /// A new store.  Throws InputError where the file exists or cannot be.
  static Store create(const std::string& path, const StoreMeta& meta);
  /// One that is there, to go on with.  Throws InputError: no store, one of something else (`meta`
  /// says of what; every name that differs is told), in use by another sweep.
  static Store open(const std::string& path, const StoreMeta& meta);
  /// One that is there, to read.  Throws InputError.
  static Store read(const std::string& path);
  /// A new store under a temporary name, without a log: to be renamed when it is whole.
  static Store draft(const std::string& path, const StoreMeta& meta);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) = delete;

  bool has(std::uint64_t point) const;
  /// Cells of a point in the named columns; nullopt: it is not there or failed.
  std::optional<std::vector<Cell>> figures(std::uint64_t point,
                                           const std::vector<std::string>& columns) const;
  /// Of two rows of a key the one that is done counts, then the one with the smaller point.
  void insert(const PointRow& row);
  std::optional<std::string> find_inversion(const std::string& key) const;
  void insert_inversion(const std::string& key, const std::string& value);

  StoreMeta meta() const;
  std::string meta(const std::string& name) const;
  /// Rows with a status, "done" or "failed".
  std::int64_t count(const std::string& status) const;
  /// Calls f(reason, how many), the most frequent first.
  void for_each_reason(
      const std::function<void(const std::string& reason, std::int64_t count)>& f) const;
  /// Calls f for every row, by point; names and cells are those of the store's own columns.
  void for_each(const std::function<void(const PointRow& row)>& f) const;
  std::vector<std::string> column_names() const;

  /// Everything of another store of the same meta, or nothing.  Throws RunError.
  void merge(const std::string& path);

  /// Folds the log into the file.
  void finish();
  /// In a process forked off: gives up the lock, and nothing else.
  void forget_in_child();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  static void make_tables(const std::string& path, const StoreMeta& meta);
  std::unique_ptr<State> state_;
};

}  // namespace tricycle
