// SPDX-License-Identifier: Apache-2.0
#include "models/json.h"

#include <algorithm>
#include <stdexcept>

namespace tricycle {

namespace {

[[noreturn]] void throw_no(const char* what) {
  throw std::runtime_error(std::string("JSON: expected ") + what);
}

}  // namespace

Json::Json() noexcept : value_(nullptr) {}
Json::Json(std::nullptr_t) noexcept : value_(nullptr) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(std::initializer_list<Json> values) : value_(nullptr) {
  const bool named = std::all_of(values.begin(), values.end(), [](const Json& value) {
    return value.is_array() && value.size() == 2 && value[0].is_string();
  });
  if (!named) {
    value_ = Array(values);
    return;
  }
  Object& entries = value_.emplace<Object>();
  for (const Json& value : values)
    if (find(value[0].text()) == nullptr) entries.emplace_back(value[0].text(), value[1]);
}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

void Json::set(bool value) { value_ = value; }
void Json::set(double value) { value_ = value; }
void Json::set(std::int64_t value) { value_ = value; }
void Json::set(std::uint64_t value) { value_ = value; }

Json Json::array() { return array({}); }
Json Json::array(std::initializer_list<Json> values) {
  Json out;
  out.value_ = Array(values);
  return out;
}
Json Json::object() {
  Json out;
  out.value_ = Object();
  return out;
}

bool Json::is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
bool Json::is_boolean() const { return std::holds_alternative<bool>(value_); }
bool Json::is_number() const { return is_number_integer() || is_number_float(); }
bool Json::is_number_integer() const {
  return is_number_unsigned() || std::holds_alternative<std::int64_t>(value_);
}
bool Json::is_number_unsigned() const { return std::holds_alternative<std::uint64_t>(value_); }
bool Json::is_number_float() const { return std::holds_alternative<double>(value_); }
bool Json::is_string() const { return std::holds_alternative<std::string>(value_); }
bool Json::is_array() const { return std::holds_alternative<Array>(value_); }
bool Json::is_object() const { return std::holds_alternative<Object>(value_); }

bool Json::truth() const {
  if (!is_boolean()) throw_no("true or false");
  return std::get<bool>(value_);
}
std::int64_t Json::integer() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (is_number_float()) return static_cast<std::int64_t>(real());
  return static_cast<std::int64_t>(natural());
}
std::uint64_t Json::natural() const {
  if (const auto* value = std::get_if<std::uint64_t>(&value_)) return *value;
  if (!is_number()) throw_no("a number");
  return static_cast<std::uint64_t>(integer());
}
double Json::real() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (is_number_unsigned()) return static_cast<double>(natural());
  if (!is_number()) throw_no("a number");
  return static_cast<double>(integer());
}
const std::string& Json::text() const {
  if (!is_string()) throw_no("a text");
  return std::get<std::string>(value_);
}
bool Json::operator==(std::string_view other) const { return is_string() && text() == other; }

std::size_t Json::size() const {
  if (const auto* items = std::get_if<Array>(&value_)) return items->size();
  if (const auto* entries = std::get_if<Object>(&value_)) return entries->size();
  return is_null() ? 0 : 1;
}
bool Json::empty() const { return size() == 0; }

void Json::push_back(Json value) {
  if (is_null()) value_ = Array();
  if (!is_array()) throw_no("an array");
  std::get<Array>(value_).push_back(std::move(value));
}
const Json& Json::operator[](std::size_t index) const {
  if (!is_array() || index >= size()) throw_no("an array with more items");
  return std::get<Array>(value_)[index];
}
const Json* Json::begin() const {
  if (is_null()) return nullptr;
  if (!is_array()) throw_no("an array");
  return std::get<Array>(value_).data();
}
const Json* Json::end() const { return begin() + size(); }

Json& Json::operator[](std::string_view name) {
  if (is_null()) value_ = Object();
  if (!is_object()) throw_no("an object");
  Object& entries = std::get<Object>(value_);
  for (auto& [known, value] : entries)
    if (known == name) return value;
  return entries.emplace_back(std::string(name), nullptr).second;
}
const Json& Json::at(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) throw std::runtime_error("JSON: expected the key " + std::string(name));
  return *found;
}
const Json* Json::find(std::string_view name) const {
  const auto* entries = std::get_if<Object>(&value_);
  if (entries == nullptr) return nullptr;
  for (const auto& [known, value] : *entries)
    if (known == name) return &value;
  return nullptr;
}
bool Json::contains(std::string_view name) const { return find(name) != nullptr; }
const Json::Object& Json::items() const {
  if (!is_object()) throw_no("an object");
  return std::get<Object>(value_);
}
void Json::update(const Json& other) {
  for (const auto& [name, value] : other.items()) (*this)[name] = value;
}
void Json::erase(std::string_view name) {
  if (auto* entries = std::get_if<Object>(&value_))
    std::erase_if(*entries, [&](const Entry& entry) { return entry.first == name; });
}

}  // namespace tricycle
