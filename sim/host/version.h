// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// The version in project() of CMakeLists.txt.
extern const char* const kVersion;
/// The date of the version, YYYY-MM-DD.
extern const char* const kVersionDate;

}  // namespace tricycle
