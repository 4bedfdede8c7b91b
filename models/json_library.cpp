// SPDX-License-Identifier: Apache-2.0
//
// What the library does for JSON documents (models/json.h): it reads and writes their texts.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "models/json.h"

namespace tricycle {

namespace {

using LibraryJson = nlohmann::ordered_json;

/// Drops all entries but the last of a name, at the first one's place.
void merge_names(Json::Object& entries) {
  constexpr std::size_t kFew = 2;
  if (entries.size() < kFew) return;
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return entries[a].first < entries[b].first;
  });
  std::vector<bool> dropped(entries.size());
  bool any = false;
  for (std::size_t i = 0, first = 0; i < order.size(); ++i) {
    if (i == 0 || entries[order[i]].first != entries[order[first]].first) {
      first = i;
      continue;
    }
    entries[order[first]].second = std::move(entries[order[i]].second);
    dropped[order[i]] = any = true;
  }
  if (!any) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (!dropped[i]) {
      if (kept != i) entries[kept] = std::move(entries[i]);
      ++kept;
    }
  entries.resize(kept);
}

LibraryJson to_library(const Json& value) {
  if (value.is_boolean()) return value.truth();
  if (value.is_number_unsigned()) return value.natural();
  if (value.is_number_integer()) return value.integer();
  if (value.is_number()) return value.real();
  if (value.is_string()) return value.text();
  if (value.is_array()) {
    LibraryJson::array_t array;
    array.reserve(value.size());
    for (const Json& item : value) array.push_back(to_library(item));
    return array;
  }
  if (value.is_object()) {
    // Appended; the library's own way searches for every name among those before it.
    LibraryJson::object_t object;
    object.reserve(value.size());
    for (const auto& [name, item] : value.items()) object.emplace_back(name, to_library(item));
    return object;
  }
  return nullptr;
}

}  // namespace

/// Takes what the library's reader finds.
class JsonBuilder : public nlohmann::json_sax<LibraryJson> {
 public:
  explicit JsonBuilder(int deepest) : deepest_(deepest) {}

  Json result;
  std::string fault;      // empty: none
  std::string duplicate;  // the first name that occurs twice at the top level

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& text) override { return add(std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& name) override {
    object().emplace_back(std::move(name), nullptr);
    return true;
  }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override {
    if (open_.size() == 1) find_duplicate();
    merge_names(object());
    return close();
  }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const LibraryJson::exception& error) override {
    fault = error.what();
    return false;
  }

 private:
  Json::Object& object() { return std::get<Json::Object>(open_.back()->value_); }
  /// The place of the next value; it stays until a value comes beside it.
  Json& place() {
    if (open_.empty()) return result;
    if (auto* array = std::get_if<Json::Array>(&open_.back()->value_)) return array->emplace_back();
    return object().back().second;
  }
  bool add(Json value) {
    place() = std::move(value);
    return true;
  }
  bool open(Json value) {
    if (static_cast<int>(open_.size()) == deepest_) {
      fault = "JSON: nested too deep";
      return false;
    }
    Json& at = place();
    at = std::move(value);
    open_.push_back(&at);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  void find_duplicate() {
    std::vector<std::pair<std::string_view, std::size_t>> names;
    for (const auto& [name, value] : object()) names.emplace_back(name, names.size());
    std::sort(names.begin(), names.end());
    std::size_t first = names.size();
    for (std::size_t i = 1; i < names.size(); ++i)
      if (names[i].first == names[i - 1].first) first = std::min(first, names[i].second);
    if (first < names.size()) duplicate = object()[first].first;
  }

  int deepest_;
  std::vector<Json*> open_;  // from the outermost to the innermost
};

Json Json::parse(std::string_view text) {
  JsonBuilder builder(kDeepest);
  if (!LibraryJson::sax_parse(text, &builder)) throw std::runtime_error(builder.fault);
  return std::move(builder.result);
}

std::optional<Json> Json::try_parse(std::string_view text, int deepest) {
  JsonBuilder builder(deepest);
  if (!LibraryJson::sax_parse(text, &builder)) return std::nullopt;
  return std::move(builder.result);
}

ForeignJson parse_foreign_json(std::string_view text) {
  constexpr int kDeepestForeign = 16;
  JsonBuilder builder(kDeepestForeign);
  if (!LibraryJson::sax_parse(text, &builder)) return {};
  return {std::move(builder.result), std::move(builder.duplicate)};
}

std::string Json::dump(int indent) const { return to_library(*this).dump(indent); }
std::string Json::dump_any(int indent) const {
  return to_library(*this).dump(indent, ' ', false, LibraryJson::error_handler_t::replace);
}
std::string Json::dump_ascii() const {
  return to_library(*this).dump(-1, ' ', true, LibraryJson::error_handler_t::replace);
}

}  // namespace tricycle
