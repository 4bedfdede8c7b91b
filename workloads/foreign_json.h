// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tricycle {

/// JSON of somebody else's file: an object of plain values and small lists or objects.
struct ForeignJson {
  nlohmann::json document;  // discarded: it is no JSON, or nested deeper than 16
  std::string duplicate;  // the first name that stands twice at the top, of which parsers take the
                          // last; empty: none
};
/// In time linear in the text, which nlohmann's parser with a callback is not.
ForeignJson parse_foreign_json(std::string_view text);

}  // namespace tricycle
