// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// Prints a line "PATH: warning: KEY: .." on stderr for everything that machine_advice() says of a
/// machine.  The machine was read from the file at `path` with the --set texts `overrides` over it.
/// Call it once there are results, so that a refusal prints its own line alone.
void print_warnings(const std::string& path, const std::vector<std::string>& overrides,
                    const HwConfig& hw);

}  // namespace tricycle
