// SPDX-License-Identifier: Apache-2.0
//
// Expressions of a grid, in constraints and derived keys:
//
//   sum     := product (("+" | "-") product)*
//   product := factor (("*" | "/") factor)*
//   factor  := number [unit] | key | word | "(" sum ")" | function "(" sum ("," sum)* ")"
//
// Keys are those axes may have.  Words are values of keys that are no numbers (`int8`).  Functions
// are min and max, of any number of arguments, and ceil and floor, of one.  Units must agree: bytes
// are added to bytes, a number without unit to anything.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
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

/// What an expression may ask about, and how it says that there is no such thing.
struct KeyNames {
  std::function<std::optional<KeyKind>(std::string_view key)> find;  // nullopt: no such key
  std::function<std::string(std::string_view key)> suggest;          // completes "unknown key"
};

/// Powers of cycles, bytes, nanoseconds and nanometres.  Every quantity is a number of their
/// product, whose values multiply: GHz x ns are cycles, GB/s / GHz are bytes a cycle.
using UnitPowers = std::array<int, 4>;
UnitPowers unit_of(Quantity quantity);

/// Longer texts are refused: the steps of one take fifty times its memory.
inline constexpr std::size_t kLongestExpression = 4096;

class Expression {
 public:
  /// What it stands for, known before any point.
  struct Kind {
    std::optional<UnitPowers> unit;         // none: bare numbers alone, which go with any unit
    std::optional<std::string> word;        // a bare word
    std::optional<std::string> worded_key;  // a key whose value is a word
    std::vector<std::string> words;         // .. and those it may be
    bool is_number() const { return !word && !worded_key; }
  };

  /// Its value at a point; nullopt: it divides by zero, or asks about a figure there is none of.
  std::optional<KeyValue> value(
      const std::function<KeyValue(const std::string& key)>& value_of) const;
  const Kind& kind() const { return kind_; }
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  friend class ExpressionParser;
  /// One step of a stack machine, in postfix order.
  struct Step {
    enum class Kind : std::uint8_t { kNumber, kWord, kKey, kOperator };
    Kind kind = Kind::kNumber;
    double number = 0;
    std::string text;  // word, key, operator or function
  };
  std::vector<Step> steps_;
  Kind kind_;
  std::vector<std::string> keys_;
};

/// Reads a text from its beginning on, one expression or what stands between two of them at a time.
/// All throw InputError with one message, `expected .., got ..`, that does not name a place.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, const KeyNames& names);

  Expression expression();
  /// The first of `tokens` that comes next; empty: none of them does.
  std::string take_one_of(std::span<const std::string_view> tokens);
  void expect_end();
  [[noreturn]] void fail(const std::string& expected) const;

  /// Throw where an expression is no number; where two have different units.
  void expect_number(const Expression::Kind& kind) const;
  static void agree(const Expression::Kind& left, const Expression::Kind& right);

 private:
  using Kind = Expression::Kind;

  std::string_view rest() const { return text_.substr(at_); }
  void skip_blanks();
  bool take(char c);
  void push(Expression::Step::Kind kind, double number, std::string text);
  Kind sum();
  Kind product();
  Kind factor();
  Kind number();
  Kind name();
  Kind call(const std::string& function);

  std::string_view text_;
  const KeyNames& names_;
  Expression out_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// A whole text that is one number.  Throws InputError as above.
Expression parse_number_expression(std::string_view text, const KeyNames& names);

}  // namespace tricycle
