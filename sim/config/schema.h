// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sim/config/field_tree.h"

namespace tricycle {

/// JSON Schema (draft 2020-12) for the keys of a tree.  Required keys are required only in a file
/// without `base`.
std::string json_schema(const FieldNode& root, std::string_view title);

}  // namespace tricycle
