// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/settings.h"

#include <fmt/format.h>

#include <sstream>

#include "models/error.h"

namespace tricycle {

Settings split_settings(const std::vector<std::string>& set) {
  Settings out;
  for (const std::string& text : set) {
    const auto route = [&](std::string_view prefix, std::vector<std::string>& target) {
      if (!text.starts_with(prefix)) return false;
      target.push_back(text.substr(prefix.size()));
      return true;
    };
    if (!route("algorithm.", out.algorithm) && !route("problem.", out.problem))
      out.machine.push_back(text);
  }
  return out;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

Format parse_format(const std::string& name) {
  if (const auto format = find_format(name)) return *format;
  throw InputError(
      fmt::format("--format {}: unknown format; expected one of {}", name, format_names()));
}

void check_fidelity(const std::string& fidelity) {
  if (fidelity != "tile")
    throw InputError(
        fmt::format("--fidelity {}: unknown fidelity; this version has: tile", fidelity));
}

}  // namespace tricycle
