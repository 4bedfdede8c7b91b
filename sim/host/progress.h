// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>

namespace tricycle {

/// Shows the progress of many runs on stderr: runs done, rate, time left, and what runs now.  On a
/// terminal it is one line, which follows every run and disappears when this object is destroyed.
/// Elsewhere (a file, a pipe, a scheduler's log) it is a new line every ten seconds.  So work that
/// takes less time prints nothing there.
class Progress {
 public:
  static constexpr std::chrono::milliseconds kPeriod{10'000};
  /// Who writes the lines where the stream is not a terminal.  kThread: a thread, also while a run
  /// goes on.  kBegin: begin(), for processes that fork.  A child that is forked beside a thread
  /// may wait forever for something that the thread held.
  enum class Teller : std::uint8_t { kThread, kBegin };

  explicit Progress(std::size_t total, std::FILE* out = stderr,
                    std::chrono::milliseconds period = kPeriod, Teller teller = Teller::kThread);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Call when a run begins.
  void begin(const std::string& what);
  /// Call when it has ended.
  void end();

 private:
  std::string line(std::size_t width);  // precondition: mutex_ is held
  void tell();                          // precondition: mutex_ is held
  void tell_until_done(const std::stop_token& stop);

  std::mutex mutex_;  // protects the members below
  std::condition_variable_any stopped_;
  std::size_t total_, done_ = 0;
  std::string what_;
  std::FILE* out_;
  bool terminal_;
  std::chrono::milliseconds period_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_ = start_;
  std::jthread teller_;  // declared last: it ends before anything it reads
};

/// The line: "12/60  3.1 runs/s  16 s left  WHAT".  Rate and time left appear once the first run
/// has finished.  The line is cut to `width` characters.
std::string progress_line(std::size_t done, std::size_t total, double seconds,
                          const std::string& what, std::size_t width);

}  // namespace tricycle
