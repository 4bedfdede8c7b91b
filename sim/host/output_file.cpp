// SPDX-License-Identifier: Apache-2.0
#include "sim/host/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <list>
#include <string_view>
#include <thread>
#include <utility>

#include "models/error.h"
#include "sim/host/temporary_name.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

bool is_writable_directory(const fs::path& path) {
  return access(path.c_str(), W_OK | X_OK) == 0;  // the path is known to be a directory
}

/// The folder that a file of this name is in.
fs::path parent(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void write_text(int file, std::string_view text, const std::string& target) {
  while (!text.empty()) {
    const ssize_t size = write(file, text.data(), text.size());
    if (size < 0 && errno != EINTR) fail_to_write(target, errno);
    if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
  }
}

/// A text under a temporary name.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& target, const std::string& text) : name_(target.string()) {
    write_text(name_.file(), text, target.string());
    // Some disks say only now that they are full.
    const int copy = dup(name_.file());
    if (copy < 0 || close(copy) != 0) fail_to_write(target.string(), errno);
  }
  void publish() { name_.publish(); }

 private:
  TemporaryName name_;
};

/// A lock on a folder: processes that write to it take turns to change its names.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : file_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    const auto end = std::chrono::steady_clock::now() + kLongest;
    // Where a folder cannot be locked, such as on some network disks, there is no lock.
    while (file_ >= 0 && flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      if (std::chrono::steady_clock::now() > end) {
        close(file_);
        throw RunError(folder +
                       ": another process keeps this folder locked; choose another with --out");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  ~FolderLock() {
    if (file_ >= 0) close(file_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  static constexpr std::chrono::seconds kLongest{10};
  int file_;
};

/// Signals wait until it is gone.
class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsWait() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  sigset_t before_{};
};

/// Creates the directories that a path needs and lacks.  Empty ones are removed again, unless kept.
class NewDirectories {
 public:
  explicit NewDirectories(const fs::path& path) {
    std::error_code error;
    for (fs::path at = path; !at.empty() && !fs::exists(at, error); at = at.parent_path())
      created_.push_back(at);
    fs::create_directories(path, error);
    if (error) {
      remove();
      throw InputError(
          fmt::format("{}: cannot create the output directory ({}); choose another with --out",
                      path.string(), error.message()));
    }
  }
  ~NewDirectories() { remove(); }
  NewDirectories(const NewDirectories&) = delete;
  NewDirectories& operator=(const NewDirectories&) = delete;
  void keep() { created_.clear(); }

 private:
  void remove() {
    std::error_code ignored;
    for (const fs::path& path : created_) fs::remove(path, ignored);
  }
  std::vector<fs::path> created_;  // the innermost first
};

}  // namespace

void check_output_directory(const std::string& path) {
  if (path.empty()) throw InputError("--out: expected a directory, got nothing");
  std::error_code error;
  fs::path existing = fs::path(path).lexically_normal();
  while (!existing.empty() && !fs::exists(existing, error)) existing = existing.parent_path();
  if (existing.empty()) existing = ".";
  const bool itself = existing == fs::path(path).lexically_normal();
  if (!fs::is_directory(existing, error))
    throw InputError(
        itself
            ? fmt::format("{}: expected a directory, got a file; choose another with --out", path)
            : fmt::format("{}: cannot create the output directory, {} is a file; choose another "
                          "with --out",
                          path, existing.string()));
  if (!is_writable_directory(existing))
    throw InputError(fmt::format("{}: the directory {}is not writable; choose another with --out",
                                 path, itself ? "" : existing.string() + " "));
}

void check_output_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (path.empty()) throw InputError("expected the name of a file to write, got nothing");
  if (fs::is_directory(status))
    throw InputError(
        fmt::format("{}: expected the name of a file to write, got a directory", path));
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw InputError(fmt::format(
        "{}: expected the name of a file to write, got a device or another special file", path));
  const fs::path folder = parent(path);
  if (!fs::is_directory(folder, error))
    throw InputError(fmt::format("{}: cannot write the file, {} is no directory; create it first",
                                 path, folder.string()));
  if (!is_writable_directory(folder))
    throw InputError(fmt::format("{}: cannot write the file, the directory {} is not writable",
                                 path, folder.string()));
}

void write_file(const std::string& path, const std::string& text) {
  TemporaryFile(path, text).publish();
}

void write_files(const std::string& directory, const std::vector<OutputFile>& files) {
  check_output_directory(directory);
  NewDirectories created(fs::path(directory).lexically_normal());
  std::list<TemporaryFile> temporaries;  // destroyed before the directories they stand in
  for (const OutputFile& file : files)
    temporaries.emplace_back(fs::path(directory) / file.name, file.text);
  {
    const FolderLock lock(directory);
    const SignalsWait wait;
    // Existing files are removed first.  If the process is killed in between, files are missing,
    // but none are mixed.
    for (const OutputFile& file : files) unlink((fs::path(directory) / file.name).c_str());
    for (TemporaryFile& file : temporaries) file.publish();
  }
  created.keep();
}

}  // namespace tricycle
