// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tricycle {

/// What stands below `tricycle COMMAND --help`: command lines that run as they are from the
/// project's folder, in this order, each with a word on what it does.
std::string examples_text(std::string_view command);

}  // namespace tricycle
