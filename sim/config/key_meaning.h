// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tricycle {

/// What `tricycle describe` says about a key.
struct KeyMeaning {
  /// Unit of numbers that have none of their own: "cycles", "B".  "" for counts and words.
  std::string unit;
  std::string meaning;
};

/// The meaning of a key of the machine, or of `problem.KEY` of the problem; empty for anything
/// else.
KeyMeaning key_meaning(std::string_view key);

}  // namespace tricycle
