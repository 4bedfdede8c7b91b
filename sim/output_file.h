// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tricycle {

/// Creates a directory and its parents.  Throws InputError when it cannot, or when the path is
/// something else.
void make_directory(const std::string& path);

/// Writes to a temporary name beside `path` and renames: the file is there whole or not at all.
/// Throws InputError.
void write_file(const std::string& path, const std::string& text);

}  // namespace tricycle
