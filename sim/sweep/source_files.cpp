// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/source_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "models/error.h"
#include "models/json.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/host/input_file.h"
#include "sim/host/messages.h"
#include "workloads/digest.h"

namespace tricycle {

namespace {

bool is_same(const struct stat& a, const struct stat& b) {
  const auto moment = [](const timespec& a_time, const timespec& b_time) {
    return a_time.tv_sec == b_time.tv_sec && a_time.tv_nsec == b_time.tv_nsec;
  };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         moment(a.st_mtim, b.st_mtim);
}

}  // namespace

std::string file_digest(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw InputError(path + ": cannot read: " + std::strerror(errno));
  Sha256 sha;
  std::vector<std::uint8_t> buffer(1 << 20);
  ssize_t size = 0;
  while ((size = read(file, buffer.data(), buffer.size())) > 0 || (size < 0 && errno == EINTR))
    if (size > 0) sha.update({buffer.data(), static_cast<std::size_t>(size)});
  const int why = errno;
  close(file);
  if (size < 0) throw InputError(path + ": cannot read: " + std::strerror(why));
  return sha.hex();
}

SourceFiles::SourceFiles(const Grid& grid) {
  std::vector<std::string> tensors;
  const FilesRead read;
  for (const std::string& path : grid.files(AxisTarget::kMachine)) load_hw_config(path);
  for (const std::string& path : grid.files(AxisTarget::kProblem))
    for (const std::string& file : load_problem(path).files()) tensors.push_back(file);
  for (const std::string& path : read.paths()) add(path);
  for (const AxisTarget target : {AxisTarget::kMachine, AxisTarget::kProblem})
    for (const std::string& path : grid.files(target)) add(path);
  for (const std::string& path : tensors) add(path);
}

void SourceFiles::add(const std::string& path) {
  if (std::ranges::count(files_, path, &File::path) > 0) return;
  File file{path, "", {}};
  if (stat(path.c_str(), &file.status) != 0)
    throw InputError(path + ": cannot read: " + std::strerror(errno));
  file.digest = file_digest(path);
  files_.push_back(std::move(file));
}

std::string SourceFiles::digests() const {
  Json object = Json::object();
  for (const File& file : files_) {
    const std::string name = printable(std::filesystem::path(file.path).filename().string());
    std::string unique = name;
    for (int i = 2; object.contains(unique) && object[unique] != file.digest; ++i)
      unique = fmt::format("{} ({})", name, i);
    object[unique] = file.digest;
  }
  return object.dump();
}

void SourceFiles::check_unchanged() const {
  for (const File& file : files_) {
    struct stat now {};
    if (stat(file.path.c_str(), &now) != 0)
      throw RunError(fmt::format(
          "{}: the file is gone ({}); the rows before are kept, go on by --resume when it is back",
          file.path, std::strerror(errno)));
    if (!is_same(file.status, now))
      throw RunError(fmt::format(
          "{}: the file was changed while the sweep ran; the rows before are kept, put it back "
          "and go on by --resume, or begin a new store",
          file.path));
  }
}

}  // namespace tricycle
