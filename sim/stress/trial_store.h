// SPDX-License-Identifier: Apache-2.0
//
// What was tried, in a file: a search that was interrupted goes on from there.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sim/stress/stress_case.h"

namespace tricycle {

/// 64 bits (FNV-1a) that name an input of a search: a text, and a point.
std::uint64_t trial_key(std::string_view text, std::span<const double> point);

/// The trials of a file.  They are appended a block at a time, and a last line that was cut off
/// (the process was killed, the disk full) counts as not written: its input is tried again.  As the
/// searches are deterministic, one that finds its trials here ends as if it had never stopped.
class TrialStore {
 public:
  /// Keeps nothing.
  TrialStore() = default;
  /// Reads the file, or begins it.  Throws InputError: it is of another build of the program, whose
  /// bits may differ, in use by another process, no file of trials, or cannot be written.
  explicit TrialStore(const std::string& path);
  ~TrialStore();
  TrialStore(const TrialStore&) = delete;
  TrialStore& operator=(const TrialStore&) = delete;

  // Any thread may call these.
  std::optional<Trial> find(std::uint64_t key) const;
  /// Throws RunError where the file cannot be written.
  void add(std::uint64_t key, const Trial& trial);
  void flush();

  std::size_t read_count() const { return read_count_; }

 private:
  void open_and_lock();
  std::string read_text() const;
  void read_lines(std::string_view text);
  void write_pending();  // precondition: mutex_ is held

  std::string path_;
  int file_ = -1;
  mutable std::mutex mutex_;  // protects the members below
  std::unordered_map<std::uint64_t, Trial> known_;
  std::string pending_;
  std::size_t pending_lines_ = 0, read_count_ = 0;
};

}  // namespace tricycle
