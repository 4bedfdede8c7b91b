// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <list>

#include "models/error.h"

namespace tricycle {

namespace {

namespace fs = std::filesystem;

bool is_writable_directory(const fs::path& path) {
  return access(path.c_str(), W_OK | X_OK) == 0;  // the path is known to be a directory
}

/// The folder a file of this name stands in.
fs::path parent(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Temporary files there are, for a signal that ends the process: names in memory that never moves.
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

[[noreturn]] void fail_to_write(const std::string& path, int why) {
  throw RunError(fmt::format("{}: cannot write the file ({}); make room or choose another place",
                             path, std::strerror(why)));
}

/// A text under a temporary name.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& target, const std::string& text) : name_(target.string()) {
    errno = 0;
    std::ofstream out(name_.path(), std::ios::binary);
    out << text;
    out.close();
    if (!out) fail_to_write(target.string(), errno);
  }
  void publish() { name_.publish(); }

 private:
  TemporaryName name_;
};

/// The directories a path needs and does not have; removed again, if empty, unless they are kept.
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

TemporaryName::TemporaryName(const std::string& target)
    : target_(target), path_(fmt::format("{}.{}.tmp", target, getpid())) {
  check_output_file(target);
  watch_signals();
  noted_ = note(path_);
}

TemporaryName::~TemporaryName() {
  std::error_code ignored;
  fs::remove(path_, ignored);
  if (noted_ != nullptr) *noted_ = '\0';
}

void TemporaryName::publish() {
  std::error_code error;
  fs::rename(path_, target_, error);
  if (error) fail_to_write(target_, error.value());
}

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
  for (TemporaryFile& file : temporaries) file.publish();
  created.keep();
}

}  // namespace tricycle
