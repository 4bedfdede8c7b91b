// SPDX-License-Identifier: Apache-2.0
#include "workloads/foreign_json.h"

#include <cstddef>
#include <unordered_set>

namespace tricycle {

namespace {

using Json = nlohmann::json;

/// Looks at names and nesting, keeps nothing; what recurses on a document could overflow the stack.
class Watcher : public nlohmann::json_sax<Json> {
 public:
  std::string duplicate;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ <= kDeepest; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ <= kDeepest; }
  bool end_array() override { return --depth_ >= 0; }
  bool key(string_t& name) override {
    if (depth_ == 1 && duplicate.empty() && !names_.insert(name).second) duplicate = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  static constexpr int kDeepest = 16;
  int depth_ = 0;
  std::unordered_set<std::string> names_;
};

}  // namespace

ForeignJson parse_foreign_json(std::string_view text) {
  Watcher watcher;
  if (!Json::sax_parse(text, &watcher)) return {Json(Json::value_t::discarded), ""};
  return {Json::parse(text, nullptr, false), std::move(watcher.duplicate)};
}

}  // namespace tricycle
