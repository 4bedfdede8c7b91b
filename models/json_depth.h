// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tricycle {

/// Whether the brackets of a JSON text nest deeper than `limit`.  Brackets inside strings do not
/// count.  Call it before parsing a text of unknown origin, because parsed documents are visited
/// recursively.  Linear time, no allocation.  For a text that is not JSON the answer has no
/// meaning.
inline bool nests_deeper(std::string_view json, int limit) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;  // an escaped character does not end the string
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
