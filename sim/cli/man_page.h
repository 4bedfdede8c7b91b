// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/cli/completion.h"

namespace tricycle {

/// The manual page tricycle(1), in roff with the macros of man(7).  It has a section per command,
/// with the command's options and the examples of --help.
std::string man_page(const CommandLine& line);

}  // namespace tricycle
