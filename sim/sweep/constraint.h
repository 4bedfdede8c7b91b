// SPDX-License-Identifier: Apache-2.0
//
// What a grid's points must fulfil:
//
//   constraint := sum ("<" | "<=" | ">" | ">=" | "==" | "!=") sum
//   sum        := product (("+" | "-") product)*
//   product    := factor (("*" | "/") factor)*
//   factor     := number [unit] | key | word | "(" sum ")"
//
// Keys are those axes may have.  Words are values of keys that are no numbers (`format != int8`);
// they are compared with == and != alone.  Units must agree: bytes are compared with bytes, a
// number without unit with anything.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/config_fields.h"

namespace tricycle {

/// A number in the unit of its key, or a word.
using KeyValue = std::variant<double, std::string>;

/// What is known of a key before any point: the quantity of a number, or the words it may be.
struct KeyKind {
  std::optional<Quantity> number;
  std::vector<std::string> words;  // where it is no number; empty: any
};

class Constraint {
 public:
  /// nullopt: there is no such key.
  using FindKey = std::function<std::optional<KeyKind>(std::string_view key)>;
  /// Throws InputError with one message, `expected .., got ..`, that does not name a place;
  /// `suggest` completes "unknown key".
  Constraint(std::string_view text, const FindKey& find,
             const std::function<std::string(std::string_view)>& suggest);

  /// Whether a point fulfils it; `value` knows every key of keys().  A division by zero fulfils
  /// nothing but `!=`.
  bool holds(const std::function<KeyValue(const std::string& key)>& value) const;
  const std::vector<std::string>& keys() const { return keys_; }
  const std::string& text() const { return text_; }

 private:
  friend class ConstraintParser;
  /// One step of a stack machine, in postfix order.
  struct Step {
    enum class Kind : std::uint8_t { kNumber, kWord, kKey, kOperator };
    Kind kind = Kind::kNumber;
    double number = 0;
    std::string text;  // word, key, operator
  };

  std::string text_;
  std::vector<Step> steps_;
  std::string comparison_;
  std::vector<std::string> keys_;
};

}  // namespace tricycle
