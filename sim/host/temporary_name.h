// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// Throws the RunError of a file that cannot be written; `why` is an errno.
[[noreturn]] void fail_to_write(const std::string& path, int why);

/// A new, empty file beside `target` for what is being made, under a name nobody can guess and
/// never one that was there.  It is removed again unless it was published, also when a signal ends
/// the process; those of processes that were killed are removed by the next that has this target.
class TemporaryName {
 public:
  /// Throws InputError where `target` cannot become a file, RunError where none can be made.
  explicit TemporaryName(const std::string& target);
  ~TemporaryName();
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  const std::string& path() const { return path_; }
  /// Open to write; flock()ed, which tells it from one that was left.
  int file() const { return file_; }
  /// Gives up the open file, and with it the lock.  The caller closes it.
  int release();
  /// Becomes `target`, in the place of what is there.  Throws RunError.
  void publish();
  /// Becomes `target`; false, and nothing changes, where that is there.  Throws RunError.
  bool publish_new();

 private:
  std::string target_, path_;
  int file_ = -1;
  char* noted_ = nullptr;
};

}  // namespace tricycle
