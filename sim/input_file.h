// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// All bytes of a file.  Throws InputError where it cannot be read.
std::string file_text(const std::string& path);

}  // namespace tricycle
