// SPDX-License-Identifier: Apache-2.0
#include "sim/stress/trial_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include "models/error.h"
#include "models/printable.h"
#include "sim/host/build.h"
#include "sim/host/output_file.h"

namespace tricycle {

namespace {

constexpr std::size_t kLinesAtOnce = 64;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

std::string first_line() { return fmt::format("tricycle stress trials, build {}\n", build_id()); }

/// "KEY ERROR NORM": three times 16 hexadecimal digits, the last two the bits of binary64.
std::string trial_line(std::uint64_t key, const Trial& trial) {
  return fmt::format("{:016x} {:016x} {:016x}\n", key, std::bit_cast<std::uint64_t>(trial.error),
                     std::bit_cast<std::uint64_t>(trial.norm));
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::pair<std::uint64_t, Trial>> parse_trial(std::string_view line) {
  constexpr std::size_t kDigits = 16, kLength = 3 * kDigits + 2;
  if (line.size() != kLength || line[kDigits] != ' ' || line[2 * kDigits + 1] != ' ')
    return std::nullopt;
  const auto key = hexadecimal(line.substr(0, kDigits)),
             error = hexadecimal(line.substr(kDigits + 1, kDigits)),
             norm = hexadecimal(line.substr(2 * kDigits + 2));
  if (!key || !error || !norm) return std::nullopt;
  const Trial trial{std::bit_cast<double>(*error), std::bit_cast<double>(*norm)};
  if (!(trial.error >= 0 && trial.norm >= 0 && std::isfinite(trial.norm))) return std::nullopt;
  return std::pair{*key, trial};
}

}  // namespace

std::uint64_t trial_key(std::string_view text, std::span<const double> point) {
  constexpr std::uint64_t kBasis = 0xcbf29ce484222325, kPrime = 0x100000001b3;
  std::uint64_t key = kBasis;
  for (const char c : text) key = (key ^ static_cast<unsigned char>(c)) * kPrime;
  for (const double v : point)
    for (unsigned shift = 0; shift < 64; shift += 8)
      key = (key ^ ((std::bit_cast<std::uint64_t>(v) >> shift) & 0xff)) * kPrime;
  return key;
}

TrialStore::TrialStore(const std::string& path) : path_(path) {
  check_output_file(path);
  open_and_lock();
  try {
    read_lines(read_text());
  } catch (...) {
    close(file_);
    throw;
  }
}

TrialStore::~TrialStore() {
  if (file_ < 0) return;
  try {
    flush();
  } catch (const RunError&) {
    // The trials that are lost are made again.
  }
  close(file_);
}

void TrialStore::open_and_lock() {
  constexpr mode_t kMode = 0666;
  file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (file_ < 0)
    refuse_file(printable(path_), fmt::format("cannot open: {}", std::strerror(errno)));
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  close(file_);
  refuse_file(printable(path_), "another process is using it; wait for its end, or name another");
}

std::string TrialStore::read_text() const {
  struct stat status {};
  if (fstat(file_, &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::size_t>(status.st_size) > kMostBytes)
    refuse_file(printable(path_), "expected a file of trials of at most 1 GiB; name another");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t got = read(file_, text.data() + at, text.size() - at);
    if (got <= 0) refuse_file(printable(path_), "cannot read it");
    at += static_cast<std::size_t>(got);
  }
  return text;
}

void TrialStore::read_lines(std::string_view text) {
  const std::string first = first_line();
  const std::size_t whole = text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1;
  if (whole > 0 && !text.starts_with(first))
    refuse_file(printable(path_),
                "expected the trials of this build of tricycle (`tricycle "
                "--build`) in the first line; name another file, or remove it");
  if (whole == 0 && !first.starts_with(text))
    refuse_file(printable(path_), "expected a file of trials; name another");
  std::size_t line = 1;
  for (std::size_t at = first.size(); at < whole;) {
    const std::size_t end = text.find('\n', at);
    const auto trial = parse_trial(text.substr(at, end - at));
    ++line;
    if (!trial)
      refuse_file(printable(path_),
                  fmt::format("line {}: expected three numbers of 16 hexadecimal digits, a trial; "
                              "remove the file",
                              line));
    known_.insert(*trial);
    at = end + 1;
  }
  read_count_ = known_.size();
  if (ftruncate(file_, static_cast<off_t>(whole)) != 0 || lseek(file_, 0, SEEK_END) < 0)
    refuse_file(printable(path_), fmt::format("cannot write: {}", std::strerror(errno)));
  if (whole == 0) pending_ = first;
}

std::optional<Trial> TrialStore::find(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void TrialStore::add(std::uint64_t key, const Trial& trial) {
  if (file_ < 0) return;
  const std::lock_guard lock(mutex_);
  if (!known_.emplace(key, trial).second) return;
  pending_ += trial_line(key, trial);
  if (++pending_lines_ >= kLinesAtOnce) write_pending();
}

void TrialStore::flush() {
  const std::lock_guard lock(mutex_);
  if (file_ >= 0) write_pending();
}

void TrialStore::write_pending() {
  for (std::size_t at = 0; at < pending_.size();) {
    const ssize_t written = write(file_, pending_.data() + at, pending_.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      throw RunError(fmt::format("{}: cannot write: {}", printable(path_), std::strerror(errno)));
    at += static_cast<std::size_t>(written);
  }
  pending_.clear();
  pending_lines_ = 0;
}

}  // namespace tricycle
