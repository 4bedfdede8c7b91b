// SPDX-License-Identifier: Apache-2.0
//
// A JSON document.  models/json_library.cpp alone knows the library that reads and writes the
// texts: its templates take longer to compile than all that builds documents with them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tricycle {

/// One value: null, a truth, a number, a text, an array or an object whose names keep their order.
/// What takes another kind than there is throws std::runtime_error.
class Json {
 public:
  using Entry = std::pair<std::string, Json>;
  using Array = std::vector<Json>;
  using Object = std::vector<Entry>;

  Json() noexcept;
  Json(std::nullptr_t) noexcept;
  Json(const char* text);
  Json(std::string text);
  Json(std::string_view text);
  template <typename T>
  requires std::is_arithmetic_v<T> Json(T value) {
    if constexpr (std::is_same_v<T, bool>)
      set(value);
    else if constexpr (std::is_floating_point_v<T>)
      set(static_cast<double>(value));
    else if constexpr (std::is_signed_v<T>)
      set(static_cast<std::int64_t>(value));
    else
      set(static_cast<std::uint64_t>(value));
  }
  /// An array.
  template <typename T>
  Json(const std::vector<T>& values) : Json(array()) {
    for (const T& value : values) push_back(value);
  }
  template <typename T, std::size_t kSize>
  Json(const std::array<T, kSize>& values) : Json(array()) {
    for (const T& value : values) push_back(value);
  }
  template <typename A, typename B>
  Json(const std::pair<A, B>& values) : Json(array({values.first, values.second})) {}
  /// {{"a", 1}, {"b", 2}} is an object, everything else an array.
  Json(std::initializer_list<Json> values);
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  static Json array();
  static Json array(std::initializer_list<Json> values);
  static Json object();

  /// Throws std::exception where the text is no JSON, or nests deeper than kDeepest.  Of a name
  /// that stands twice in an object the last value counts.  Linear in the text.
  static Json parse(std::string_view text);
  /// None where parse() throws, or where the text nests deeper than `deepest`.
  static std::optional<Json> try_parse(std::string_view text, int deepest = kDeepest);
  static constexpr int kDeepest = 1000;  // what visits documents recurses on them

  bool is_null() const;
  bool is_boolean() const;
  bool is_number() const;
  bool is_number_integer() const;   // without a point
  bool is_number_unsigned() const;  // and without a sign
  bool is_number_float() const;     // with a point or an exponent
  bool is_string() const;
  bool is_array() const;
  bool is_object() const;

  bool truth() const;
  std::int64_t integer() const;  // of any number
  std::uint64_t natural() const;
  double real() const;
  const std::string& text() const;
  bool operator==(std::string_view other) const;  // a text, and this one

  /// Of arrays and objects; null has none.
  std::size_t size() const;
  bool empty() const;

  /// Of arrays.  Null becomes one.
  void push_back(Json value);
  const Json& operator[](std::size_t index) const;
  const Json* begin() const;  // null has no items
  const Json* end() const;

  /// Of objects.  Null becomes one.
  Json& operator[](std::string_view name);
  const Json& operator[](std::string_view name) const { return at(name); }
  const Json& at(std::string_view name) const;
  const Json* find(std::string_view name) const;  // nullptr where there is none, or no object
  bool contains(std::string_view name) const;
  const Object& items() const;
  void update(const Json& other);  // takes over what the other object has
  void erase(std::string_view name);

  /// The text: on one line, or with `indent` spaces a level.  Throws where a text is not UTF-8.
  std::string dump(int indent = -1) const;
  /// The same with U+FFFD in place of bytes that are not UTF-8, such as in a file's name.
  std::string dump_any(int indent = -1) const;
  /// In ASCII alone.
  std::string dump_ascii() const;

 private:
  friend class JsonBuilder;
  void set(bool value);
  void set(double value);
  void set(std::int64_t value);
  void set(std::uint64_t value);

  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      value_;
};

/// JSON from a file of unknown origin: an object of plain values and small lists or objects.
struct ForeignJson {
  Json document;  // null if it is not JSON, or nested deeper than 16
  // The first name that occurs twice at the top level.  Parsers take its last occurrence.  Empty:
  // none.
  std::string duplicate;
};
ForeignJson parse_foreign_json(std::string_view text);

}  // namespace tricycle
