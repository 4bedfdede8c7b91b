// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// That of project() in CMakeLists.txt.
extern const char* const kVersion;
/// YYYY-MM-DD.
extern const char* const kVersionDate;

}  // namespace tricycle
