// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "sim/engine/run_watch.h"

namespace tricycle {

/// The line about a run in progress: "still at work, 12 s"; "240 of 1000 chunks, 24 s, about 76 s
/// left".
std::string slow_run_line(std::int64_t done, std::int64_t chunks, double seconds);

/// While it lives, prints a line on stderr every ten seconds that says how far the run is.
class SlowRun {
 public:
  SlowRun();
  ~SlowRun();
  SlowRun(const SlowRun&) = delete;
  SlowRun& operator=(const SlowRun&) = delete;

  RunWatch* watch() { return &watch_; }

 private:
  void tell();

  RunWatch watch_;
  std::mutex mutex_;
  std::condition_variable ends_;
  bool ended_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::thread thread_;  // declared after what it uses
};

}  // namespace tricycle
