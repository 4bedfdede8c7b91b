// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/json.h"

namespace tricycle {

/// A JSON document as text for stdout.  Bytes that are not UTF-8, such as in a file's name, become
/// U+FFFD; JSON readers would refuse them.
inline std::string json_text(const Json& document) { return document.dump_any(2) + "\n"; }

}  // namespace tricycle
