// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tricycle {

/// JSON from a file of unknown origin: an object of plain values and small lists or objects.
struct ForeignJson {
  nlohmann::json document;  // discarded if it is not JSON, or nested deeper than 16
  // The first name that occurs twice at the top level.  Parsers take its last occurrence.  Empty:
  // none.
  std::string duplicate;
};
/// Parses in time linear in the text, unlike nlohmann's parser with a callback.
ForeignJson parse_foreign_json(std::string_view text);

}  // namespace tricycle
