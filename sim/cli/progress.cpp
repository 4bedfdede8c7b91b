// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "sim/messages.h"

namespace tricycle {

namespace {

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(std::size_t done, std::size_t total, double seconds,
                          const std::string& what, std::size_t width) {
  std::string line = fmt::format("{}/{}", done, total);
  if (done > 0 && seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    line +=
        rate >= 1 ? fmt::format("  {:.1f} runs/s", rate) : fmt::format("  {:.1f} s/run", 1 / rate);
    line += fmt::format("  {} left", duration(static_cast<double>(total - done) / rate));
  }
  return (line + "  " + what).substr(0, width);
}

Progress::Progress(std::size_t total) : total_(total), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (terminal_) to_stderr("\r\033[K");
}

void Progress::begin(const std::string& what) {
  if (!terminal_) return;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  // One column stays free: terminals wrap when the last one is written.
  to_stderr("\r\033[K" +
            printable(progress_line(done_, total_, elapsed.count(), what, terminal_width() - 1)));
  std::fflush(stderr);
}

}  // namespace tricycle
