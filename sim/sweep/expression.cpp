// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "models/error.h"
#include "models/printable.h"
#include "sim/config/quantity.h"

namespace tricycle {

namespace {

constexpr std::string_view kMin = "min", kMax = "max", kCeil = "ceil", kFloor = "floor";

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// nullopt: a division by zero.
std::optional<double> apply(std::string_view operation, double left, double right) {
  if (operation == "+") return left + right;
  if (operation == "-") return left - right;
  if (operation == "*") return left * right;
  if (operation == kMin) return std::min(left, right);
  if (operation == kMax) return std::max(left, right);
  if (right == 0) return std::nullopt;
  return left / right;
}

}  // namespace

UnitPowers unit_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::kCount: return {0, 0, 0, 0};
    case Quantity::kCycles: return {1, 0, 0, 0};
    case Quantity::kBytes: return {0, 1, 0, 0};
    case Quantity::kBytesPerCycle: return {-1, 1, 0, 0};
    case Quantity::kFrequencyGhz: return {1, 0, -1, 0};
    case Quantity::kTimeNs: return {0, 0, 1, 0};
    case Quantity::kLengthNm: return {0, 0, 0, 1};
    case Quantity::kBandwidthGbps: return {0, 1, -1, 0};
  }
  return {};
}

std::optional<KeyValue> Expression::value(
    const std::function<KeyValue(const std::string& key)>& value_of) const {
  std::vector<KeyValue> stack;
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::kNumber: stack.emplace_back(step.number); break;
      case Step::Kind::kWord: stack.emplace_back(step.text); break;
      case Step::Kind::kKey: stack.push_back(value_of(step.text)); break;
      case Step::Kind::kOperator: {
        double& last = std::get<double>(stack.back());
        if (step.text == kCeil || step.text == kFloor) {
          last = step.text == kCeil ? std::ceil(last) : std::floor(last);
          break;
        }
        const double right = last;
        stack.pop_back();
        const auto result = apply(step.text, std::get<double>(stack.back()), right);
        if (!result) return std::nullopt;
        stack.back() = *result;
        break;
      }
    }
    // Neither min nor max may lose what is undefined.
    const auto* number = std::get_if<double>(&stack.back());
    if (number != nullptr && std::isnan(*number)) return std::nullopt;
  }
  return stack.front();
}

ExpressionParser::ExpressionParser(std::string_view text, const KeyNames& names)
    : text_(text), names_(names) {
  if (text.size() > kLongestExpression)
    throw InputError(
        fmt::format("expected at most {} characters, got {}", kLongestExpression, text.size()));
}

Expression ExpressionParser::expression() {
  out_ = {};
  Kind kind = sum();
  out_.kind_ = std::move(kind);
  return std::move(out_);
}

std::string ExpressionParser::take_one_of(std::span<const std::string_view> tokens) {
  skip_blanks();
  for (const std::string_view token : tokens)
    if (rest().starts_with(token)) {
      at_ += token.size();
      return std::string(token);
    }
  return "";
}

void ExpressionParser::expect_end() {
  skip_blanks();
  if (at_ != text_.size()) fail("its end");
}

void ExpressionParser::skip_blanks() {
  while (at_ < text_.size() && text_[at_] == ' ') ++at_;
}

bool ExpressionParser::take(char c) {
  skip_blanks();
  if (at_ == text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void ExpressionParser::fail(const std::string& expected) const {
  const std::string got = at_ == text_.size() ? "its end" : '"' + excerpt(rest()) + '"';
  throw InputError(fmt::format("expected {}, got {}", expected, got));
}

void ExpressionParser::push(Expression::Step::Kind kind, double number, std::string text) {
  out_.steps_.push_back({kind, number, std::move(text)});
}

Expression::Kind ExpressionParser::sum() {
  Kind left = product();
  for (char sign = 0; (sign = take('+') ? '+' : take('-') ? '-' : '\0') != 0;) {
    const Kind right = product();
    expect_number(left);
    expect_number(right);
    agree(left, right);
    if (!left.unit) left.unit = right.unit;
    push(Expression::Step::Kind::kOperator, 0, std::string(1, sign));
  }
  return left;
}

Expression::Kind ExpressionParser::product() {
  Kind left = factor();
  for (char sign = 0; (sign = take('*') ? '*' : take('/') ? '/' : '\0') != 0;) {
    const Kind right = factor();
    expect_number(left);
    expect_number(right);
    UnitPowers unit = left.unit.value_or(UnitPowers{});
    if (right.unit)
      for (std::size_t i = 0; i < unit.size(); ++i)
        unit[i] += (sign == '*' ? 1 : -1) * (*right.unit)[i];
    if (left.unit || right.unit) left.unit = unit;
    push(Expression::Step::Kind::kOperator, 0, std::string(1, sign));
  }
  return left;
}

Expression::Kind ExpressionParser::factor() {
  constexpr int kDeepest = 32;
  if (take('(')) {
    if (++depth_ > kDeepest)
      fail(fmt::format("at most {} parentheses inside each other", kDeepest));
    Kind inner = sum();
    if (!take(')')) fail("\")\"");
    --depth_;
    return inner;
  }
  skip_blanks();
  const char first = at_ == text_.size() ? '\0' : text_[at_];
  if (std::isdigit(static_cast<unsigned char>(first)) != 0) return number();
  if (std::isalpha(static_cast<unsigned char>(first)) != 0) return name();
  fail("a number or a key");
}

Expression::Kind ExpressionParser::number() {
  double value = 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
  if (error != std::errc()) fail("a number");
  at_ = static_cast<std::size_t>(end - text_.data());
  const std::size_t behind = at_;
  skip_blanks();
  Kind out;
  if (const auto suffix = leading_suffix(rest())) {
    at_ += suffix->text.size();
    value = value * suffix->multiply / suffix->divide;
    out.unit = unit_of(suffix->quantity);
  } else if (at_ == behind && at_ < text_.size() && is_name(text_[at_])) {
    fail("a unit (such as KiB, GHz, ns, GB/s, cycles) behind a number");
  }
  push(Expression::Step::Kind::kNumber, value, "");
  return out;
}

Expression::Kind ExpressionParser::name() {
  std::size_t end = at_;
  while (end < text_.size() && (is_name(text_[end]) || text_[end] == '.')) ++end;
  std::string word(text_.substr(at_, end - at_));
  at_ = end;
  for (const std::string_view function : {kMin, kMax, kCeil, kFloor})
    if (word == function && take('(')) return call(word);
  Kind out;
  const std::optional<KeyKind> key = names_.find(word);
  if (!key) {
    if (word.find('.') != std::string::npos)
      throw InputError(fmt::format("{}: unknown key{}", excerpt(word), names_.suggest(word)));
    out.word = word;
    push(Expression::Step::Kind::kWord, 0, std::move(word));
    return out;
  }
  if (key->number)
    out.unit = unit_of(*key->number);
  else
    out.worded_key = word;
  out.words = key->words;
  if (std::find(out_.keys_.begin(), out_.keys_.end(), word) == out_.keys_.end())
    out_.keys_.push_back(word);
  push(Expression::Step::Kind::kKey, 0, std::move(word));
  return out;
}

/// Behind "function(": its arguments and the parenthesis.
Expression::Kind ExpressionParser::call(const std::string& function) {
  constexpr int kDeepest = 32;
  if (++depth_ > kDeepest) fail(fmt::format("at most {} parentheses inside each other", kDeepest));
  Kind left = sum();
  expect_number(left);
  const bool of_one = function == kCeil || function == kFloor;
  if (of_one) push(Expression::Step::Kind::kOperator, 0, function);
  while (!of_one && take(',')) {
    const Kind right = sum();
    expect_number(right);
    agree(left, right);
    if (!left.unit) left.unit = right.unit;
    push(Expression::Step::Kind::kOperator, 0, function);
  }
  if (!take(')')) fail(of_one ? "\")\"" : "\",\" or \")\"");
  --depth_;
  return left;
}

void ExpressionParser::expect_number(const Kind& kind) const {
  if (kind.word)
    throw InputError(
        fmt::format("{}: unknown key{}", excerpt(*kind.word), names_.suggest(*kind.word)));
  if (kind.worded_key)
    throw InputError(
        fmt::format("expected a number, got {}, whose values are words", *kind.worded_key));
}

void ExpressionParser::agree(const Kind& left, const Kind& right) {
  if (left.unit && right.unit && *left.unit != *right.unit)
    throw InputError(
        "expected the same unit on both sides of +, - and a comparison, and in min and max");
}

Expression parse_number_expression(std::string_view text, const KeyNames& names) {
  ExpressionParser parser(text, names);
  Expression expression = parser.expression();
  parser.expect_end();
  parser.expect_number(expression.kind());
  return expression;
}

}  // namespace tricycle
