// SPDX-License-Identifier: Apache-2.0
#include "sim/shipped_files.h"

#include <filesystem>

namespace tricycle {

std::string shipped(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) ? path : TRICYCLE_SOURCE_DIR "/" + path;
}

std::string shipped_hint(const std::string& name) {
  if (name.find('/') != std::string::npos) return "";
  for (const char* folder : {"hwconfigs/", "workloads/problems/"}) {
    const std::string path = shipped(folder + name + ".yaml");
    if (std::filesystem::is_regular_file(path)) return "; did you mean " + path + "?";
  }
  return "";
}

}  // namespace tricycle
