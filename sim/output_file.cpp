// SPDX-License-Identifier: Apache-2.0
#include "sim/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "models/error.h"

namespace tricycle {

void make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || !std::filesystem::is_directory(path))
    throw InputError(
        fmt::format("{}: cannot create the output directory ({}); choose another with --out", path,
                    error ? error.message() : "it is a file"));
}

void write_file(const std::string& path, const std::string& text) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, path, error);
  if (!out || error) {
    std::filesystem::remove(temporary, error);
    throw InputError(fmt::format(
        "{}: cannot write the file; is the directory writable and the disk not full?", path));
  }
}

}  // namespace tricycle
