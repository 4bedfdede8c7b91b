// SPDX-License-Identifier: Apache-2.0
//
// Expressions of a grid, in constraints and derived keys:
//
//   sum     := product (("+" | "-") product)*
//   product := factor (("*" | "/") factor)*
//   factor  := number [unit] | key | word | "(" sum ")" | function "(" sum ("," sum)* ")"
//
// Keys are those that axes may have.  Words are the values of keys that are not numbers (`int8`).
// The functions are min and max, with any number of arguments, and ceil and floor, with one.  Units
// must agree: bytes can be added to bytes.  A number without unit can be added to anything.
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

/// The value of a key: a number in the key's unit, or a word.
using KeyValue = std::variant<double, std::string>;

/// What is known of a key without a point: the quantity of a number, or the words it may be.
struct KeyKind {
  std::optional<Quantity> number;
  std::vector<std::string> words;  // valid values if it is not a number; empty: any
};

/// The keys that an expression may use, and the message for those that do not exist.
struct KeyNames {
  std::function<std::optional<KeyKind>(std::string_view key)> find;  // nullopt: no such key
  std::function<std::string(std::string_view key)> suggest;          // completes "unknown key"
};

/// Exponents of cycles, bytes, nanoseconds and nanometres.  The value of every quantity is in a
/// product of them, so values can be multiplied: GHz x ns are cycles, GB/s / GHz are bytes per
/// cycle.
using UnitPowers = std::array<int, 4>;
UnitPowers unit_of(Quantity quantity);

/// Longer texts are refused, since the steps of an expression take fifty times the memory of its
/// text.
inline constexpr std::size_t kLongestExpression = 4096;

class Expression {
 public:
  /// What the expression stands for, as far as it is known without a point.
  struct Kind {
    std::optional<UnitPowers> unit;         // none: only bare numbers, which agree with any unit
    std::optional<std::string> word;        // a bare word
    std::optional<std::string> worded_key;  // a key whose value is a word
    std::vector<std::string> words;         // the words that this value may be
    bool is_number() const { return !word && !worded_key; }
  };

  /// Its value at a point.  nullopt: it divides by zero, or uses a figure that does not exist.
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

/// Reads a text from its start, one expression at a time, or one token between two expressions.
/// All functions throw InputError with one message, `expected .., got ..`, that does not name a
/// place.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, const KeyNames& names);

  Expression expression();
  /// Takes the first of `tokens` that comes next; empty where none of them does.
  std::string take_one_of(std::span<const std::string_view> tokens);
  void expect_end();
  [[noreturn]] void fail(const std::string& expected) const;

  /// The first throws where an expression is not a number, the second where two have different
  /// units.
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

/// Parses a whole text as one number.  Throws InputError as above.
Expression parse_number_expression(std::string_view text, const KeyNames& names);

}  // namespace tricycle
