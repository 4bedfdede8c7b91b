// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tricycle {

/// What `tricycle describe` says of a key.
struct KeyMeaning {
  std::string unit;  // of numbers without one of their own: "cycles", "B"; "" for counts and words
  std::string meaning;
};

/// Of a key of the machine, or `problem.KEY` of the problem; empty for anything else.
KeyMeaning key_meaning(std::string_view key);

}  // namespace tricycle
