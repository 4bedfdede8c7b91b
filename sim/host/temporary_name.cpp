// SPDX-License-Identifier: Apache-2.0
#include "sim/host/temporary_name.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "models/error.h"
#include "sim/host/output_file.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

/// The names of existing temporary files, for a signal that ends the process.  They are in memory
/// that never moves.
struct Unfinished {
  static constexpr std::size_t kMost = 16;
  static constexpr std::size_t kLongest = 4096;
  char names[kMost][kLongest] = {};
};
Unfinished unfinished;

void remove_and_die(int signal) {
  for (const auto& name : unfinished.names)
    if (name[0] != '\0') unlink(name);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// A file too large for the limit of the process is a failed write, not a signal.
void watch_signals() {
  static const bool once = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      if (std::signal(signal, remove_and_die) == SIG_IGN) std::signal(signal, SIG_IGN);
    return true;
  }();
  static_cast<void>(once);
}

/// Notes a name; nullptr when there is no room for it.
char* note(const std::string& name) {
  for (auto& slot : unfinished.names)
    if (slot[0] == '\0' && name.size() < Unfinished::kLongest) {
      std::memcpy(slot + 1, name.c_str() + 1, name.size());
      slot[0] = name[0];  // last: from now on the slot counts
      return slot;
    }
  return nullptr;
}

constexpr std::string_view kRandomPart = ".XXXXXX", kTemporarySuffix = ".tmp";

/// Removes a temporary file unless a process has it open.  Otherwise a killed process left it
/// behind.
void remove_unless_open(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  struct stat status {};
  // It is removed while it is locked.  So a process that has just made it finds it locked, or gone.
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
      flock(file, LOCK_EX | LOCK_NB) == 0)
    unlink(path.c_str());
  close(file);
}

/// Removes the files for this target that killed processes left behind.
void remove_left_over(const fs::path& target) {
  std::error_code error;
  const std::string head = target.filename().string() + '.';
  for (fs::directory_iterator
           at(target.has_parent_path() ? target.parent_path() : fs::path("."), error),
       end;
       !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.size() == head.size() - 1 + kRandomPart.size() + kTemporarySuffix.size() &&
        name.starts_with(head) && name.ends_with(kTemporarySuffix))
      remove_unless_open(at->path());
  }
}

/// Makes a file under a name of its own and locks it; puts the name into `path`.
int make_temporary(const std::string& target, std::string& path) {
  for (;;) {
    path = target + std::string(kRandomPart) + std::string(kTemporarySuffix);
    const int file = mkostemps(path.data(), static_cast<int>(kTemporarySuffix.size()), O_CLOEXEC);
    if (file < 0) fail_to_write(target, errno);
    // Between these two steps another process may have removed it as left over.
    struct stat status {};
    const bool locked = flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (locked && fstat(file, &status) == 0 && status.st_nlink > 0) {
      const mode_t mask = umask(0);
      umask(mask);
      fchmod(file, 0666 & ~mask);
      return file;
    }
    close(file);
  }
}

}  // namespace

void fail_to_write(const std::string& path, int why) {
  throw RunError(fmt::format("{}: cannot write the file ({}); make room or choose another place",
                             path, std::strerror(why)));
}

TemporaryName::TemporaryName(const std::string& target) : target_(target) {
  check_output_file(target);
  remove_left_over(target);
  watch_signals();
  file_ = make_temporary(target, path_);
  noted_ = note(path_);
}

TemporaryName::~TemporaryName() {
  if (!path_.empty()) unlink(path_.c_str());
  if (noted_ != nullptr) *noted_ = '\0';
  if (file_ >= 0) close(file_);
}

int TemporaryName::release() { return std::exchange(file_, -1); }

void TemporaryName::publish() {
  if (rename(path_.c_str(), target_.c_str()) != 0) fail_to_write(target_, errno);
  path_.clear();
}

bool TemporaryName::publish_new() {
  if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0) {
    path_.clear();
    return true;
  }
  // Not every disk supports that.  Then link() gives the file a second name; it never replaces a
  // file.
  if (errno != EEXIST && link(path_.c_str(), target_.c_str()) == 0) return true;
  if (errno != EEXIST) fail_to_write(target_, errno);
  return false;
}

}  // namespace tricycle
