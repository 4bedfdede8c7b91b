// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// A file or folder that comes with the program ("hwconfigs"): that of the working directory or,
/// where it has none, of the sources this binary was built from.
std::string shipped(const std::string& path);

/// "; did you mean PATH?" for the bare name of a shipped machine or problem, else nothing.
std::string shipped_hint(const std::string& name);

}  // namespace tricycle
