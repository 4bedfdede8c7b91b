// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/numerics/format.h"

namespace tricycle {

/// --set texts by what they override, prefixes removed.
struct Settings {
  std::vector<std::string> machine, problem, algorithm;
};
Settings split_settings(const std::vector<std::string>& set);

/// "a,b,c" -> a, b, c.
std::vector<std::string> split_list(const std::string& text);

/// Format by name.  Throws InputError that lists the valid names.
Format parse_format(const std::string& name);

/// Refuses a fidelity this version does not have.
void check_fidelity(const std::string& fidelity);

}  // namespace tricycle
