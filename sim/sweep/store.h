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
// docs/sweep.md documents it.  Every row is on its own: whatever kills the process, the rows that
// were written stay.
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
  /// What is wrong with a row that a store has, beside what its file alone tells; empty: nothing.
  using CheckRow = std::function<std::string(const PointRow& row)>;

  /// A new store: of several processes that begin one at once, one gets it.  Throws InputError
  /// where the file exists or cannot be.
  static SweepStore create(const std::string& path, const StoreMeta& meta);
  /// One that is there, to go on with.  Throws InputError: no store, a damaged one, one of
  /// something else (`meta` says of what; every name that differs is told), in use by another
  /// sweep.
  static SweepStore open(const std::string& path, const StoreMeta& meta, const CheckRow& check);
  /// One that is there, to merge into: as open(), but of whatever sweep.
  static SweepStore lock(const std::string& path);
  /// open() where the file is there, else create().
  static SweepStore resume(const std::string& path, const StoreMeta& meta, const CheckRow& check);
  /// One that is there, to read, as it is now.  Everything in it is looked at first.  Throws
  /// InputError.
  static SweepStore read(const std::string& path);
  /// A new store in an empty file of ours, without a log: to be renamed when it is whole.
  static SweepStore draft(const std::string& path, const StoreMeta& meta);
  ~SweepStore();
  SweepStore(SweepStore&&) noexcept;
  SweepStore& operator=(SweepStore&&) = delete;

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
  /// What results say of their inputs' files (column input_note), each once.
  std::vector<std::string> input_notes() const;
  /// Calls f for every row, by point; names and cells are those of the store's own columns.
  void for_each(const std::function<void(const PointRow& row)>& f) const;
  std::vector<std::string> column_names() const;
  const StoreLayout& layout() const;

  /// Everything of another store of the same meta, or nothing.  Throws RunError.
  void merge(const SweepStore& other);
  /// Forgets the failures of points that took longer, or more memory, than they might, where the
  /// limits (0: none) are higher now.
  void forget_limited(std::int64_t timeout_seconds, std::int64_t memory_mib);

  /// Folds the log into the file, which can then be read without a right to write.
  void finish();
  /// In a process forked off: gives up the lock, and nothing else.
  void forget_in_child();

 private:
  struct State;
  explicit SweepStore(std::unique_ptr<State> state);
  static std::unique_ptr<State> locked(const std::string& path);
  static std::optional<SweepStore> try_create(const std::string& path, const StoreMeta& meta);
  std::unique_ptr<State> state_;
};

}  // namespace tricycle
