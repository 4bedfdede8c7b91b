// SPDX-License-Identifier: Apache-2.0
//
// The results of a sweep in one SQLite file (write-ahead log while a sweep runs; not on NFS).
//
//   meta(name TEXT PRIMARY KEY, value TEXT): schema, version, build, grid, grid_digest, sources,
//     axes, points, columns, digest
//   points(key TEXT PRIMARY KEY, point, status, reason, seconds, axes, digest, then every report
//     column)
//   inversions(key TEXT PRIMARY KEY, value, digest): digests and accuracies that points share
//
// docs/sweep.md documents it.  Every row is written by itself: whatever kills the process, the rows
// that were written stay.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point_row.h"
#include "sim/sweep/store_layout.h"

namespace tricycle {

class SweepStore {
 public:
  /// Checks a row of a store beyond what its file alone shows.  Returns what is wrong; empty:
  /// nothing.
  using CheckRow = std::function<std::string(const PointRow& row)>;

  /// Creates a new store.  Of several processes that create one at the same time, one succeeds.
  /// Throws InputError where the file exists or cannot be created.
  static SweepStore create(const std::string& path, const StoreMeta& meta);
  /// Opens an existing store to continue it.  Throws InputError for a file that is no store, a
  /// damaged store, and a store that another sweep uses.  Also for a store of another sweep
  /// than `meta` describes; the message lists every name that differs.
  static SweepStore open(const std::string& path, const StoreMeta& meta, const CheckRow& check);
  /// Opens an existing store to merge into it: as open(), but for the store of any sweep.
  static SweepStore lock(const std::string& path);
  /// open() where the file exists, else create().
  static SweepStore resume(const std::string& path, const StoreMeta& meta, const CheckRow& check);
  /// Opens an existing store to read it as it is now.  Everything in it is checked first.  Throws
  /// InputError.
  static SweepStore read(const std::string& path);
  /// Creates a new store in an empty file of our own, without a log.  Rename the file when it is
  /// complete.
  static SweepStore draft(const std::string& path, const StoreMeta& meta);
  ~SweepStore();
  SweepStore(SweepStore&&) noexcept;
  SweepStore& operator=(SweepStore&&) = delete;

  bool has(std::uint64_t point) const;
  /// Cells of a point in the named columns; nullopt where the point is missing or failed.
  std::optional<std::vector<Cell>> figures(std::uint64_t point,
                                           const std::vector<std::string>& columns) const;
  /// Inserts a row.  Of two rows with the same key, the one that is done wins, then the one with
  /// the smaller point.
  void insert(const PointRow& row);
  std::optional<std::string> find_inversion(const std::string& key) const;
  void insert_inversion(const std::string& key, const std::string& value);

  StoreMeta meta() const;
  std::string meta(const std::string& name) const;
  /// Number of rows with a status, "done" or "failed".
  std::int64_t count(const std::string& status) const;
  /// Calls f(reason, how many), the most frequent reason first.
  void for_each_reason(
      const std::function<void(const std::string& reason, std::int64_t count)>& f) const;
  /// What results say about the files of their inputs (column input_note), each text once.
  std::vector<std::string> input_notes() const;
  /// Calls f for every row, by point.  Names and cells are those of the store's own columns.
  void for_each(const std::function<void(const PointRow& row)>& f) const;
  std::vector<std::string> column_names() const;
  const StoreLayout& layout() const;

  /// Inserts everything from another store with the same meta, or nothing.  Throws RunError.
  void merge(const SweepStore& other);
  /// Removes the failures of points that exceeded a limit on time or memory, where that limit (0:
  /// none) is higher now.
  void forget_limited(std::int64_t timeout_seconds, std::int64_t memory_mib);

  /// Folds the log into the file, which can then be read without permission to write.
  void finish();
  /// In a forked process: gives up the lock, and nothing else.
  void forget_in_child();

 private:
  struct State;
  explicit SweepStore(std::unique_ptr<State> state);
  static std::unique_ptr<State> locked(const std::string& path);
  static std::optional<SweepStore> try_create(const std::string& path, const StoreMeta& meta);
  std::unique_ptr<State> state_;
};

}  // namespace tricycle
