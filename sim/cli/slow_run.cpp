// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/slow_run.h"

#include <fmt/format.h>

#include "sim/cli/notice.h"

namespace tricycle {

std::string slow_run_line(std::int64_t done, std::int64_t chunks, double seconds) {
  if (chunks == 0) return fmt::format("still at work, {:.0f} s", seconds);
  std::string text = fmt::format("{} of {} chunks, {:.0f} s", done, chunks, seconds);
  if (done > 0)
    text += fmt::format(", about {:.0f} s left",
                        seconds * static_cast<double>(chunks - done) / static_cast<double>(done));
  return text;
}

SlowRun::SlowRun() : thread_([this] { tell(); }) {}

SlowRun::~SlowRun() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ends_.notify_one();
  thread_.join();
}

void SlowRun::tell() {
  constexpr std::chrono::seconds kInterval{10};
  std::unique_lock lock(mutex_);
  while (!ends_.wait_for(lock, kInterval, [this] { return ended_; })) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    print_notice(slow_run_line(watch_.done, watch_.chunks, elapsed.count()));
  }
}

}  // namespace tricycle
