// SPDX-License-Identifier: Apache-2.0
#include "sim/input_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "models/error.h"

namespace tricycle {

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path + ": cannot read: " + std::strerror(errno));
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) throw InputError(path + ": cannot read to its end");
  return text.str();
}

}  // namespace tricycle
