// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// When there are results, so that a refusal has its own line alone: a line on stderr, "PATH:
/// warning: KEY: ..", for everything machine_advice() says of a machine that was read from a file
/// with --set texts over it.
void print_warnings(const std::string& path, const std::vector<std::string>& overrides,
                    const HwConfig& hw);

}  // namespace tricycle
