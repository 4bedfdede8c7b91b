// SPDX-License-Identifier: Apache-2.0
//
// JSON written by people: every value knows its line and column, so that a fault can name them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/yaml_document.h"

namespace tricycle {

/// A JSON value and where it begins.
struct PlacedJson {
  enum class Kind : std::uint8_t { kNull, kFlag, kNumber, kText, kList, kObject };
  struct Member;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;   // of a text; of a number or flag as it is written
  double number = 0;  // of a number, the nearest double; always finite
  std::vector<PlacedJson> items;
  std::vector<Member> members;  // in the order of the file; of equal keys the first alone

  const Member* find(std::string_view key) const;
  /// What to write after "got" in messages: an excerpt of a text in quotes, a number, "null", "a
  /// list" or "an object".
  std::string got() const;
};

struct PlacedJson::Member {
  std::string key;
  Place key_place;
  PlacedJson value;
};

/// Parses JSON as RFC 8259 has it.  `source` names the text in places.  Throws InputError for what
/// is no JSON, numbers beyond a double, and nesting deeper than 16.  Keys that an object has twice
/// go to `faults`.  Takes time linear in the text.
PlacedJson parse_placed_json(const std::string& text, const std::string& source,
                             std::vector<Fault>& faults);

/// A text as JSON has it, with its quotes.  Bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(const std::string& text);

}  // namespace tricycle
