// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/constraint.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/error.h"
#include "models/printable.h"

namespace tricycle {

namespace {

constexpr std::string_view kComparisons[] = {"<=", ">=", "==", "!=", "<", ">"};

void check_words(const Expression::Kind& left, const Expression::Kind& right,
                 const std::string& comparison, const KeyNames& names) {
  if (comparison != "==" && comparison != "!=")
    throw InputError("expected == or != between words, got " + comparison);
  if (left.word && right.word)
    throw InputError(
        fmt::format("{}: unknown key{}", excerpt(*left.word), names.suggest(*left.word)));
  const Expression::Kind& word = left.word ? left : right;
  const std::vector<std::string>& valid = left.word ? right.words : left.words;
  if (word.word && !valid.empty() &&
      std::find(valid.begin(), valid.end(), *word.word) == valid.end())
    throw InputError(
        fmt::format("expected one of {}, got \"{}\"", fmt::join(valid, ", "), excerpt(*word.word)));
}

}  // namespace

Constraint::Constraint(std::string_view text, const KeyNames& names) : text_(text) {
  ExpressionParser parser(text, names);
  left_ = parser.expression();
  comparison_ = parser.take_one_of(kComparisons);
  if (comparison_.empty()) parser.fail("a comparison (<, <=, >, >=, == or !=)");
  right_ = parser.expression();
  parser.expect_end();
  const Expression::Kind &left = left_.kind(), &right = right_.kind();
  if (left.is_number() || right.is_number()) {
    parser.expect_number(left);
    parser.expect_number(right);
    ExpressionParser::agree(left, right);
  } else {
    check_words(left, right, comparison_, names);
  }
  keys_ = left_.keys();
  for (const std::string& key : right_.keys())
    if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
}

bool Constraint::holds(const std::function<KeyValue(const std::string& key)>& value) const {
  const auto left = left_.value(value), right = right_.value(value);
  if (!left || !right) return comparison_ == "!=";
  if (comparison_ == "==") return *left == *right;
  if (comparison_ == "!=") return *left != *right;
  const double a = std::get<double>(*left), b = std::get<double>(*right);
  if (comparison_ == "<") return a < b;
  if (comparison_ == "<=") return a <= b;
  return comparison_ == ">" ? a > b : a >= b;
}

}  // namespace tricycle
