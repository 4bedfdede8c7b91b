// SPDX-License-Identifier: Apache-2.0
//
// A constraint, which the points of a grid must fulfil:
//
//   constraint := expression ("<" | "<=" | ">" | ">=" | "==" | "!=") expression
//
// Words (`format != int8`) can only be compared with == and !=.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/expression.h"

namespace tricycle {

class Constraint {
 public:
  /// Parses the text.  Throws InputError with one message, `expected .., got ..`, that does not
  /// name a place.
  Constraint(std::string_view text, const KeyNames& names);

  /// Whether a point fulfils the constraint; `value` knows every key of keys().  With a division by
  /// zero anywhere in it, or a figure that does not exist (NaN), it fulfils nothing but `!=`.
  bool holds(const std::function<KeyValue(const std::string& key)>& value) const;
  const std::vector<std::string>& keys() const { return keys_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  Expression left_, right_;
  std::string comparison_;
  std::vector<std::string> keys_;
};

}  // namespace tricycle
