// SPDX-License-Identifier: Apache-2.0
#include "sim/host/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>

#include "sim/host/messages.h"

namespace tricycle {

namespace {

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::size_t terminal_width(std::FILE* out) {
  winsize size{};
  return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Throws nothing: a stream that is closed or full is no reason to stop.
void put(const std::string& text, std::FILE* out) {
  std::fputs(text.c_str(), out);
  std::fflush(out);
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

Progress::Progress(std::size_t total, std::FILE* out, std::chrono::milliseconds period,
                   Teller teller)
    : total_(total), out_(out), terminal_(isatty(fileno(out)) != 0), period_(period) {
  if (terminal_ || teller == Teller::kBegin) return;
  // Signals go to the thread that works.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  teller_ = std::jthread([this](const std::stop_token& stop) { tell_until_done(stop); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() {
  if (terminal_) put("\r\033[K", out_);
}

void Progress::begin(const std::string& what) {
  const std::lock_guard lock(mutex_);
  what_ = what;
  // One column stays free: terminals wrap when the last one is written.
  if (terminal_)
    put("\r\033[K" + line(terminal_width(out_) - 1), out_);
  else if (!teller_.joinable() && std::chrono::steady_clock::now() - told_ >= period_)
    tell();
}

void Progress::end() {
  const std::lock_guard lock(mutex_);
  ++done_;
}

std::string Progress::line(std::size_t width) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  return printable(progress_line(done_, total_, elapsed.count(), what_, width));
}

void Progress::tell_until_done(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, stop, period_, [&] { return stop.stop_requested(); })) tell();
}

void Progress::tell() {
  constexpr std::size_t kLongestLine = 200;
  told_ = std::chrono::steady_clock::now();
  put("tricycle: " + line(kLongestLine) + "\n", out_);
}

}  // namespace tricycle
