// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace tricycle {

/// The valid name that a mistyped one probably stands for: the one at the smallest edit distance.
/// Case does not count, and "-" equals "_".  Of equally near names the first wins.  Empty where
/// more than half of the text would have to change.
std::string_view closest_name(std::string_view given, std::span<const std::string_view> valid);

}  // namespace tricycle
