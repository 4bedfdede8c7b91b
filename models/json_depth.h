// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tricycle {

/// Whether the brackets of a JSON text nest deeper than `limit`; what stands in strings does not
/// count.  Asked before a text from elsewhere is parsed: what is made of it is visited by
/// recursion.  Linear, without memory; of a text that is no JSON it says something or other.
inline bool nests_deeper(std::string_view json, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;  // what it escapes does not end the string
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace tricycle
