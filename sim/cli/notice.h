// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/messages.h"

namespace tricycle {

/// What the user should know although the command goes on: a line on stderr, none where empty.
inline void print_notice(const std::string& text) {
  if (!text.empty()) tell(text);
}

}  // namespace tricycle
