// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace tricycle {

/// The valid name that a mistyped one probably stood for: that of the smallest edit distance (case
/// aside, and "-" for "_"), the first of equally near ones; empty where more than half of the text
/// would have to change.
std::string_view closest_name(std::string_view given, std::span<const std::string_view> valid);

}  // namespace tricycle
