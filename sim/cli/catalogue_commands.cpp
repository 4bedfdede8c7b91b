// SPDX-License-Identifier: Apache-2.0
//
// What there is, and whether files are right: list, describe, check.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/error.h"
#include "reports/writers.h"
#include "sim/cli/commands.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/config/yaml_document.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"

namespace tricycle {

namespace {

/// The YAML files of a folder of the working directory, or of the sources this binary was built
/// from.
std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> paths;
  const std::string beside = std::string(TRICYCLE_SOURCE_DIR) + "/" + folder;
  for (const std::string& place : {folder, beside}) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(place, error))
      if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
    if (!paths.empty()) break;
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void list_algorithms() {
  for (const Algorithm& a : algorithms())
    fmt::print("{:<26} {}\n{:<26}   source: {}; parameters: {}\n", a.name, a.summary, "", a.source,
               a.parameters.empty() ? "none" : fmt::format("{}", fmt::join(a.parameters, ", ")));
}

void list_formats() {
  for (const FormatInfo& f : kFormats)
    fmt::print("{:<6} {:>2} bits  {:>2} exponent, {:>2} fraction  {}\n", f.name, f.bits,
               f.exponent_bits, f.mantissa_bits, f.summary);
}

void list_machines() {
  for (const std::string& path : yaml_files("hwconfigs")) {
    const HwConfig hw = load_hw_config(path);
    fmt::print("{:<40} {}\n", path, hw.description);
  }
}

void list_problems() {
  for (const std::string& path : yaml_files("workloads/problems")) {
    const Problem problem = load_problem(path);
    fmt::print("{:<50} {}\n", path, problem.description);
  }
}

void list_ensembles() {
  for (std::string_view name : ensemble_names()) fmt::print("{}\n", name);
}

struct Listing {
  std::string_view name;
  void (*print)();
};
constexpr Listing kListings[] = {
    {"algorithms", list_algorithms}, {"formats", list_formats},
    {"machines", list_machines},     {"problems", list_problems},
    {"ensembles", list_ensembles},   {"columns", [] { fmt::print("{}", column_list()); }}};

/// A file is a problem if it has a problem's keys, else a machine.
bool is_problem(const std::string& path) {
  const YamlNode root = read_yaml_file(path);
  return root.find("chunk") != nullptr || root.find("input") != nullptr;
}

}  // namespace

int list_command(const std::string& what) {
  std::vector<std::string_view> names;
  for (const Listing& listing : kListings) {
    if (listing.name == what) {
      listing.print();
      return 0;
    }
    names.push_back(listing.name);
  }
  throw InputError(fmt::format("list {}: expected one of {}", what, fmt::join(names, ", ")));
}

int describe_command(const DescribeOptions& options) {
  if (options.what != "hw" && options.what != "problem")
    throw InputError(fmt::format("describe {}: expected one of hw, problem", options.what));
  if (options.what == "hw")
    fmt::print("{}", options.schema ? hw_json_schema() : describe_hw());
  else
    fmt::print("{}", options.schema ? problem_json_schema() : describe_problem());
  return 0;
}

int check_command(const std::vector<std::string>& files) {
  std::vector<std::string> faults;
  for (const std::string& path : files) {
    try {
      if (is_problem(path))
        load_problem(path);
      else
        load_hw_config(path);
      fmt::print("{}: ok\n", path);
    } catch (const InputError& error) {
      faults.insert(faults.end(), error.messages().begin(), error.messages().end());
    }
  }
  if (!faults.empty()) throw InputError(faults);
  return 0;
}

}  // namespace tricycle
