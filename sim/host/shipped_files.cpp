// SPDX-License-Identifier: Apache-2.0
#include "sim/host/shipped_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "models/closest_name.h"

namespace tricycle {

namespace fs = std::filesystem;

namespace {

std::string find_data_folder() {
  if (const char* given = std::getenv("TRICYCLE_DATA"); given != nullptr && *given != '\0')
    return given;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share" / "tricycle";
  const auto has_machines = [](const fs::path& folder) {
    std::error_code none;
    return fs::is_directory(folder / "hwconfigs", none);
  };
  if (!error && has_machines(installed)) return installed.string();
  // A program elsewhere that uses the library.
  for (const char* folder : {TRICYCLE_SOURCE_DIR, TRICYCLE_INSTALLED_DATA, "/usr/share/tricycle"})
    if (has_machines(folder)) return folder;
  return TRICYCLE_SOURCE_DIR;
}

constexpr const char* kNamedFolders[] = {"hwconfigs/", "workloads/problems/", "workloads/grids/"};

bool is_bare_name(const std::string& word) {
  return !word.empty() && word.find_first_of("/.") == std::string::npos;
}

}  // namespace

std::string data_folder() {
  static const std::string folder = find_data_folder();
  return folder;
}

std::string shipped(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) ? path : data_folder() + "/" + path;
}

std::string shipped_or_path(const std::string& word) {
  std::error_code error;
  if (!is_bare_name(word) || fs::exists(word, error)) return word;
  for (const char* folder : kNamedFolders) {
    const std::string path = shipped(folder + word + ".yaml");
    if (fs::is_regular_file(path, error)) return path;
  }
  return word;
}

std::string named_in(const std::string& file, const std::string& word) {
  const std::string beside = (fs::path(file).parent_path() / word).lexically_normal().string();
  std::error_code error;
  if (!is_bare_name(word) || fs::exists(beside, error)) return beside;
  const std::string path = shipped_or_path(word);
  return path == word ? beside : path;
}

std::string shipped_hint(const std::string& word) {
  const std::string name = fs::path(word).stem().string();
  std::vector<std::string> names;
  std::error_code error;
  for (const char* folder : kNamedFolders)
    for (const auto& entry : fs::directory_iterator(shipped(folder), error))
      if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  const std::string_view nearest =
      closest_name(name, std::vector<std::string_view>(names.begin(), names.end()));
  std::string hint = nearest.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", nearest);
  if (is_bare_name(word))
    hint += "; `tricycle list machines` and `tricycle list problems` name those that are shipped";
  return hint;
}

}  // namespace tricycle
