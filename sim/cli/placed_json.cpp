// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/placed_json.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "models/error.h"
#include "models/printable.h"

namespace tricycle {

namespace {

using SaxJson = nlohmann::json;
constexpr std::size_t kDeepestPlaced = 16;

/// Reads a text for the parser, and tells how far that has come.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const std::string& text, std::size_t at, std::size_t& reached)
      : text_(&text), at_(at), reached_(&reached) {}
  reference operator*() const { return (*text_)[at_]; }
  CountingIterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const std::string* text_;
  std::size_t at_;
  std::size_t* reached_;
};

/// Lines and columns of offsets that only grow.
class PlaceCounter {
 public:
  PlaceCounter(const std::string& text, const std::string& source) : text_(text), source_(source) {}
  Place at(std::size_t offset) {
    for (; at_ < offset && at_ < text_.size(); ++at_) {
      const bool continues = (static_cast<unsigned char>(text_[at_]) & 0xC0U) == 0x80U;
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else if (!continues) {
        ++column_;
      }
    }
    return {source_, line_, column_};
  }

 private:
  const std::string& text_;
  const std::string& source_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

/// Builds the tree from what the parser meets.  Each call comes when the parser has read the token
/// to its end, so that its beginning is found by going back.
class TreeBuilder : public nlohmann::json_sax<SaxJson> {
 public:
  TreeBuilder(const std::string& text, const std::string& source, std::vector<Fault>& faults)
      : reached(0), text_(text), places_(text, source), faults_(faults) {}

  bool null() override { return add(Kind::kNull, "null", 0, word_begin()); }
  bool boolean(bool value) override {
    return add(Kind::kFlag, value ? "true" : "false", 0, word_begin());
  }
  bool number_integer(number_integer_t value) override {
    return add(Kind::kNumber, fmt::format("{}", value), static_cast<double>(value), word_begin());
  }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Kind::kNumber, fmt::format("{}", value), static_cast<double>(value), word_begin());
  }
  bool number_float(number_float_t value, const string_t& written) override {
    return add(Kind::kNumber, written, value, word_begin());
  }
  bool string(string_t& value) override {
    return add(Kind::kText, std::move(value), 0, text_begin());
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Kind::kObject); }
  bool start_array(std::size_t) override { return open(Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const Place place = places_.at(text_begin());
    open_.back().is_second = !open_.back().keys.insert(name).second;
    if (open_.back().is_second)
      faults_.push_back(
          {place, pointer(),
           fmt::format("the key {} stands there twice; keep one", json_quoted(excerpt(name)))});
    open_.back().key = std::move(name);
    open_.back().key_place = place;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const SaxJson::exception& e) override {
    // The text is not quoted: the file may be any file.
    constexpr int kOverflow = 406;
    const std::string_view what = e.what();
    const bool ends = what.find("unexpected end of input") != std::string_view::npos ||
                      what.find("missing closing quote") != std::string_view::npos || reached == 0;
    const std::size_t at = e.id == kOverflow ? word_begin() : reached - (ends ? 0 : 1);
    fatal_ = {{places_.at(at), "",
               e.id == kOverflow ? "expected a number within a double's range"
               : ends            ? "expected JSON, which goes on here; the file ends"
                                 : "expected JSON, which this is not from here on"}};
    return false;
  }

  /// The document.  Throws InputError where there is none.
  PlacedJson take() {
    throw_if_any(fatal_);
    return std::move(root_);
  }

  std::size_t reached;  // offset behind the last character that the parser has read

 private:
  using Kind = PlacedJson::Kind;
  /// A list or an object that is not complete.
  struct Open {
    PlacedJson value;
    std::set<std::string> keys{};
    std::string key{};  // of the next member
    Place key_place{};
    bool is_second = false;  // the next member's key was there before
  };

  std::size_t text_begin() const {
    std::size_t at = reached - 1;  // the quote at the end
    for (bool escaped = true; escaped && at > 0;) {
      at = text_.rfind('"', at - 1);
      std::size_t slashes = 0;
      while (slashes < at && text_[at - slashes - 1] == '\\') ++slashes;
      escaped = slashes % 2 == 1;
    }
    return at;
  }
  /// Of a number or a literal.  Behind a number the parser has read one character more.
  std::size_t word_begin() const {
    const auto in_word = [this](std::size_t at) {
      const char c = text_[at];
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '.' || c == '+' ||
             c == '-';
    };
    std::size_t at = reached;
    while (at > 0 && !in_word(at - 1)) --at;
    while (at > 0 && in_word(at - 1)) --at;
    return at;
  }

  /// JSON pointer of the innermost list or object that is open.
  std::string pointer() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i)
      path += open_[i].value.kind == Kind::kList ? fmt::format("/{}", open_[i].value.items.size())
                                                 : "/" + open_[i].key;
    return path;
  }

  bool add(Kind kind, std::string text, double number, std::size_t begin) {
    put({kind, places_.at(begin), std::move(text), number, {}, {}});
    return true;
  }
  void put(PlacedJson value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& in = open_.back();
    if (in.value.kind == Kind::kList)
      in.value.items.push_back(std::move(value));
    else if (!in.is_second)
      in.value.members.push_back({in.key, in.key_place, std::move(value)});
  }
  bool open(Kind kind) {
    const Place place = places_.at(reached - 1);
    if (open_.size() == kDeepestPlaced) {
      fatal_ = {{place, "", fmt::format("nested deeper than {}", kDeepestPlaced)}};
      return false;
    }
    open_.push_back({{kind, place, "", 0, {}, {}}});
    return true;
  }
  bool close() {
    PlacedJson value = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(value));
    return true;
  }

  const std::string& text_;
  PlaceCounter places_;
  std::vector<Fault>& faults_;
  std::vector<Fault> fatal_;
  std::vector<Open> open_;
  PlacedJson root_;
};

}  // namespace

const PlacedJson::Member* PlacedJson::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member;
  return nullptr;
}

std::string PlacedJson::got() const {
  switch (kind) {
    case Kind::kNull:
    case Kind::kFlag:
    case Kind::kNumber: return excerpt(text);
    case Kind::kText: return fmt::format("\"{}\"", excerpt(text));
    case Kind::kList: return "a list";
    case Kind::kObject: break;
  }
  return "an object";
}

PlacedJson parse_placed_json(const std::string& text, const std::string& source,
                             std::vector<Fault>& faults) {
  TreeBuilder builder(text, source, faults);
  SaxJson::sax_parse(CountingIterator(text, 0, builder.reached),
                     CountingIterator(text, text.size(), builder.reached), &builder);
  return builder.take();
}

std::string json_quoted(const std::string& text) {
  return SaxJson(text).dump(-1, ' ', false, SaxJson::error_handler_t::replace);
}

}  // namespace tricycle
