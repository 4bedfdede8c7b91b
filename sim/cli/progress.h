// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace tricycle {

/// One line on stderr while many runs go on: runs done, rate, time left, what runs now.  Silent
/// unless stderr is a terminal; gone when it is destroyed.
class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A run begins.
  void begin(const std::string& what);
  /// It has ended.
  void end() { ++done_; }

 private:
  std::size_t total_, done_ = 0;
  bool terminal_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// "12/60  3.1 runs/s  16 s left  WHAT": rate and time left from the first finished run on; cut to
/// `width` characters.
std::string progress_line(std::size_t done, std::size_t total, double seconds,
                          const std::string& what, std::size_t width);

}  // namespace tricycle
