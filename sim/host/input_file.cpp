// SPDX-License-Identifier: Apache-2.0
#include "sim/host/input_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "models/error.h"

namespace tricycle {

namespace {

thread_local FilesRead* reader = nullptr;

}  // namespace

FilesRead::FilesRead() { reader = this; }
FilesRead::~FilesRead() { reader = nullptr; }

std::string file_text(const std::string& path) {
  if (reader != nullptr && std::ranges::count(reader->paths_, path) == 0)
    reader->paths_.push_back(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path + ": cannot read: " + std::strerror(errno));
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) throw InputError(path + ": cannot read to its end");
  return text.str();
}

}  // namespace tricycle
