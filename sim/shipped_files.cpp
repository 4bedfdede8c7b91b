// SPDX-License-Identifier: Apache-2.0
#include "sim/shipped_files.h"

#include <filesystem>

namespace tricycle {

std::string shipped(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) ? path : TRICYCLE_SOURCE_DIR "/" + path;
}

}  // namespace tricycle
