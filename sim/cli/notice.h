// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace tricycle {

/// What the user should know although the command goes on: a line on stderr, none where empty.
inline void print_notice(const std::string& text) {
  if (!text.empty()) fmt::print(stderr, "tricycle: {}\n", text);
}

}  // namespace tricycle
