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

/// Where many runs are, on stderr: runs done, rate, time left, what runs now.  On a terminal one
/// line that follows every run and is gone when this is destroyed; elsewhere (a file, a pipe, a
/// log of a scheduler) a line of its own every ten seconds, so that what is done sooner is silent.
class Progress {
 public:
  static constexpr std::chrono::milliseconds kPeriod{10'000};
  /// Who writes the lines of a stream that is no terminal: a thread, also while a run goes on; or
  /// begin(), for processes that fork: a child forked beside a thread may wait forever for what
  /// that thread held.
  enum class Teller : std::uint8_t { kThread, kBegin };

  explicit Progress(std::size_t total, std::FILE* out = stderr,
                    std::chrono::milliseconds period = kPeriod, Teller teller = Teller::kThread);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A run begins.
  void begin(const std::string& what);
  /// It has ended.
  void end();

 private:
  std::string line(std::size_t width);  // mutex_ held
  void tell();                          // mutex_ held
  void tell_until_done(const std::stop_token& stop);

  std::mutex mutex_;  // of what follows
  std::condition_variable_any stopped_;
  std::size_t total_, done_ = 0;
  std::string what_;
  std::FILE* out_;
  bool terminal_;
  std::chrono::milliseconds period_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_ = start_;
  std::jthread teller_;  // last: it ends before anything it reads
};

/// "12/60  3.1 runs/s  16 s left  WHAT": rate and time left from the first finished run on; cut to
/// `width` characters.
std::string progress_line(std::size_t done, std::size_t total, double seconds,
                          const std::string& what, std::size_t width);

}  // namespace tricycle
