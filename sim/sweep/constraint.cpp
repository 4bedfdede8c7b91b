// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/constraint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "models/error.h"
#include "sim/config/quantity.h"

namespace tricycle {

namespace {

constexpr std::string_view kComparisons[] = {"<=", ">=", "==", "!=", "<", ">"};
/// Powers of cycles, bytes, nanoseconds and nanometres.  Every quantity is a number of their
/// product, whose values multiply: GHz x ns are cycles, GB/s / GHz are bytes a cycle.
using Exponents = std::array<int, 4>;

constexpr Exponents unit_of(Quantity quantity) {
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

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

/// Recursive descent; every rule leaves its steps in postfix order and returns what it stands for.
class ConstraintParser {
 public:
  ConstraintParser(Constraint& out, std::string_view text, const Constraint::FindKey& find,
                   const std::function<std::string(std::string_view)>& suggest)
      : out_(out), text_(text), find_(find), suggest_(suggest) {}

  void parse() {
    const Operand left = sum();
    skip_blanks();
    for (std::string_view comparison : kComparisons)
      if (out_.comparison_.empty() && rest().starts_with(comparison))
        out_.comparison_ = std::string(comparison);
    if (out_.comparison_.empty()) fail("a comparison (<, <=, >, >=, == or !=)");
    at_ += out_.comparison_.size();
    const Operand right = sum();
    skip_blanks();
    if (at_ != text_.size()) fail("the end of the constraint");
    check(left, right);
  }

 private:
  struct Operand {
    std::optional<Exponents> unit;          // none: a bare number, which goes with any unit
    std::optional<std::string> word;        // a bare word
    std::optional<std::string> worded_key;  // a key whose value is a word
    std::vector<std::string> words;         // .. and those it may be
    bool is_number() const { return !word && !worded_key; }
  };

  std::string_view rest() const { return text_.substr(at_); }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    const std::string got = at_ == text_.size() ? "its end" : '"' + std::string(rest()) + '"';
    throw InputError(fmt::format("expected {}, got {}", expected, got));
  }
  void push(Constraint::Step::Kind kind, double number, std::string text) {
    out_.steps_.push_back({kind, number, std::move(text)});
  }

  Operand sum() {
    Operand left = product();
    for (char sign = 0; (sign = take('+') ? '+' : take('-') ? '-' : '\0') != 0;) {
      const Operand right = product();
      numbers_only(left, right);
      agree(left, right);
      if (!left.unit) left.unit = right.unit;
      push(Constraint::Step::Kind::kOperator, 0, std::string(1, sign));
    }
    return left;
  }

  Operand product() {
    Operand left = factor();
    for (char sign = 0; (sign = take('*') ? '*' : take('/') ? '/' : '\0') != 0;) {
      const Operand right = factor();
      numbers_only(left, right);
      Exponents unit = left.unit.value_or(Exponents{});
      if (right.unit)
        for (std::size_t i = 0; i < unit.size(); ++i)
          unit[i] += (sign == '*' ? 1 : -1) * (*right.unit)[i];
      if (left.unit || right.unit) left.unit = unit;
      push(Constraint::Step::Kind::kOperator, 0, std::string(1, sign));
    }
    return left;
  }

  Operand factor() {
    if (take('(')) {
      if (++depth_ > 32) fail("at most 32 parentheses inside each other");
      const Operand inner = sum();
      if (!take(')')) fail("\")\"");
      --depth_;
      return inner;
    }
    skip_blanks();
    if (at_ == text_.size()) fail("a number or a key");
    const char first = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(first)) != 0) return number();
    if (std::isalpha(static_cast<unsigned char>(first)) != 0) return name();
    fail("a number or a key");
  }

  Operand number() {
    double value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    const std::size_t behind = at_;
    skip_blanks();
    Operand out;
    if (const auto suffix = leading_suffix(rest())) {
      at_ += suffix->text.size();
      value = value * suffix->multiply / suffix->divide;
      out.unit = unit_of(suffix->quantity);
    } else if (at_ == behind && at_ < text_.size() && is_name(text_[at_])) {
      fail("a unit (such as KiB, GHz, ns, GB/s, cycles) behind a number");
    }
    push(Constraint::Step::Kind::kNumber, value, "");
    return out;
  }

  Operand name() {
    std::size_t end = at_;
    while (end < text_.size() && (is_name(text_[end]) || text_[end] == '.')) ++end;
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    Operand out;
    const std::optional<KeyKind> key = find_(word);
    if (!key) {
      if (word.find('.') != std::string::npos)
        throw InputError(fmt::format("{}: unknown key{}", word, suggest_(word)));
      out.word = word;
      push(Constraint::Step::Kind::kWord, 0, std::move(word));
      return out;
    }
    if (key->number)
      out.unit = unit_of(*key->number);
    else
      out.worded_key = word;
    out.words = key->words;
    if (std::find(out_.keys_.begin(), out_.keys_.end(), word) == out_.keys_.end())
      out_.keys_.push_back(word);
    push(Constraint::Step::Kind::kKey, 0, std::move(word));
    return out;
  }

  void numbers_only(const Operand& left, const Operand& right) const {
    for (const Operand* operand : {&left, &right}) {
      if (operand->word)
        throw InputError(
            fmt::format("{}: unknown key{}", *operand->word, suggest_(*operand->word)));
      if (operand->worded_key)
        throw InputError(
            fmt::format("expected a number, got {}, whose values are words", *operand->worded_key));
    }
  }
  static void agree(const Operand& left, const Operand& right) {
    if (left.unit && right.unit && *left.unit != *right.unit)
      throw InputError("expected the same unit on both sides of +, - and a comparison");
  }
  void check(const Operand& left, const Operand& right) const {
    if (left.is_number() || right.is_number()) {
      numbers_only(left, right);
      agree(left, right);
      return;
    }
    if (out_.comparison_ != "==" && out_.comparison_ != "!=")
      throw InputError("expected == or != between words, got " + out_.comparison_);
    if (left.word && right.word)
      throw InputError(fmt::format("{}: unknown key{}", *left.word, suggest_(*left.word)));
    const Operand& word = left.word ? left : right;
    const std::vector<std::string>& valid = left.word ? right.words : left.words;
    if (word.word && !valid.empty() &&
        std::find(valid.begin(), valid.end(), *word.word) == valid.end())
      throw InputError(
          fmt::format("expected one of {}, got \"{}\"", fmt::join(valid, ", "), *word.word));
  }

  Constraint& out_;
  std::string_view text_;
  const Constraint::FindKey& find_;
  const std::function<std::string(std::string_view)>& suggest_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

Constraint::Constraint(std::string_view text, const FindKey& find,
                       const std::function<std::string(std::string_view)>& suggest)
    : text_(text) {
  ConstraintParser(*this, text, find, suggest).parse();
}

bool Constraint::holds(const std::function<KeyValue(const std::string& key)>& value) const {
  std::vector<KeyValue> stack;
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::kNumber: stack.emplace_back(step.number); break;
      case Step::Kind::kWord: stack.emplace_back(step.text); break;
      case Step::Kind::kKey: stack.push_back(value(step.text)); break;
      case Step::Kind::kOperator: {
        const double right = std::get<double>(stack.back());
        stack.pop_back();
        double& left = std::get<double>(stack.back());
        if (step.text == "+") left += right;
        if (step.text == "-") left -= right;
        if (step.text == "*") left *= right;
        if (step.text == "/") left /= right;
        break;
      }
    }
  }
  const KeyValue &left = stack[0], &right = stack[1];
  if (comparison_ == "==") return left == right;
  if (comparison_ == "!=") return left != right;
  const double a = std::get<double>(left), b = std::get<double>(right);
  if (comparison_ == "<") return a < b;
  if (comparison_ == "<=") return a <= b;
  return comparison_ == ">" ? a > b : a >= b;
}

}  // namespace tricycle
