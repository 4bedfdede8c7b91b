// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// Throws the RunError for a file that cannot be written; `why` is an errno.
[[noreturn]] void fail_to_write(const std::string& path, int why);

/// A new, empty file beside `target` for a file in the making.  Its name cannot be guessed and
/// never existed before.  It is removed unless it was published, also when a signal ends the
/// process.  Files of processes that were killed are removed by the next process that has this
/// target.
class TemporaryName {
 public:
  /// Throws InputError where `target` cannot become a file, and RunError where no file can be made.
  explicit TemporaryName(const std::string& target);
  ~TemporaryName();
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  const std::string& path() const { return path_; }
  /// The file, open for writing.  It is flock()ed, which tells it from one that was left behind.
  int file() const { return file_; }
  /// Gives up the open file and its lock.  The caller closes the file.
  int release();
  /// Renames it to `target`, replacing what is there.  Throws RunError.
  void publish();
  /// Gives it the name `target`.  If that exists, returns false and changes nothing.  Throws
  /// RunError.
  bool publish_new();

 private:
  std::string target_, path_;
  int file_ = -1;
  char* noted_ = nullptr;
};

}  // namespace tricycle
