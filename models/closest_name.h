// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <string_view>
#include <vector>

#include "models/error.h"

namespace tricycle {

/// The valid name that a mistyped one probably stands for: the one at the smallest edit distance.
/// Case does not count, and "-" equals "_".  Of equally near names the first wins.  Empty where
/// more than half of the text would have to change.
std::string_view closest_name(std::string_view given, std::span<const std::string_view> valid);

/// The row of a table whose `name` is given by `option`.  Throws InputError with the closest valid
/// name, or with all valid names where none is close.  `what`: what a row is, "algorithm".
template <typename Rows>
const auto& named_row(const Rows& rows, std::string_view name, std::string_view option,
                      std::string_view what) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  const std::string_view closest = closest_name(name, names);
  throw InputError(fmt::format("{} {}: unknown {}{}", option, name, what,
                               closest.empty()
                                   ? fmt::format("; expected one of {}", fmt::join(names, ", "))
                                   : fmt::format(" (did you mean \"{}\"?)", closest)));
}

}  // namespace tricycle
