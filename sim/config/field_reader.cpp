// SPDX-License-Identifier: Apache-2.0
#include "sim/config/field_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "models/closest_name.h"
#include "models/printable.h"
#include "sim/config/quantity.h"

namespace tricycle {

std::string one_of(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + std::string(names[i]);
  return text;
}

std::string suggestion(std::string_view given, std::span<const std::string_view> valid) {
  const std::string_view best = closest_name(given, valid);
  if (!best.empty()) return " (did you mean \"" + std::string(best) + "\"?)";
  return list_of(valid);
}

std::string list_of(std::span<const std::string_view> valid) {
  std::string all;
  for (std::string_view name : valid) all += (all.empty() ? "" : ", ") + std::string(name);
  return all.empty() ? "" : " (valid: " + all + ")";
}

const YamlNode::Entry* FieldReader::find(std::string_view key, bool required,
                                         const std::string& expected) {
  Frame& frame = frames_.back();
  frame.known.push_back(key);
  const YamlNode::Entry* entry = frame.node->find(key);
  if (!entry && required) fault(frame.place, dotted(key), "missing, expected " + expected);
  return entry;
}

/// The text of a scalar, or nullptr: absent, or a fault that has been reported.
const std::string* FieldReader::scalar(std::string_view key, bool required,
                                       const std::string& expectation, Place& place) {
  const YamlNode::Entry* entry = find(key, required, expectation);
  if (!entry) return nullptr;
  place = entry->value.place;
  if (entry->value.kind == YamlNode::Kind::kScalar) return &entry->value.text;
  expected(place, key, expectation, entry->value.got());
  return nullptr;
}

void FieldReader::text(std::string_view key, std::string& value, bool required,
                       std::string_view /*meaning*/) {
  Place place;
  const std::string* text = scalar(key, required, "text", place);
  if (!text) return;
  if (required && text->empty()) return expected(place, key, "text", "\"\"");
  constexpr std::size_t kLongestText = 4096;
  if (text->size() > kLongestText)
    return expected(place, key, fmt::format("text of at most {} bytes", kLongestText),
                    '"' + excerpt(*text) + '"');
  if (find_unprintable(*text) != std::string::npos)
    return expected(place, key, "text on one line without control characters",
                    '"' + excerpt(*text) + '"');
  value = *text;
  places_[dotted(key)] = place;
}

void FieldReader::path(std::string_view key, std::string& value, bool required,
                       std::string_view /*meaning*/) {
  namespace fs = std::filesystem;
  Place place;
  const std::string* text = scalar(key, required, "path of a file", place);
  if (!text) return;
  const bool in_file = place.line != 0;
  const fs::path resolved =
      in_file ? fs::path(place.source).parent_path() / *text : fs::path(*text);
  const std::string normal = resolved.lexically_normal().string();
  std::error_code error;
  if (text->empty() || !fs::exists(resolved, error))
    return expected(place, key, "path of an existing file",
                    text->empty() ? "\"\"" : '"' + excerpt(normal, 200) + '"');
  value = normal;
  places_[dotted(key)] = place;
}

int FieldReader::index_of(std::string_view key, bool required,
                          std::span<const std::string_view> valid) {
  Place place;
  const std::string expectation = one_of(valid);
  const std::string* text = scalar(key, required, expectation, place);
  if (!text) return -1;
  const auto found = std::find(valid.begin(), valid.end(), *text);
  if (found == valid.end()) {
    expected(place, key, expectation, '"' + excerpt(*text) + '"');
    return -1;
  }
  places_[dotted(key)] = place;
  return static_cast<int>(found - valid.begin());
}

void FieldReader::word(std::string_view key, std::string& value, bool required,
                       std::span<const std::string_view> valid, std::string_view /*meaning*/) {
  if (const int index = index_of(key, required, valid); index >= 0)
    value = valid[static_cast<std::size_t>(index)];
}

void FieldReader::number(const Field& field, std::int64_t& value) {
  Place place;
  const std::string expectation = tricycle::expectation(field, true);
  const std::string* text = scalar(field.key, field.required, expectation, place);
  if (!text) return;
  const std::optional<std::int64_t> parsed = parse_integer(*text, field);
  if (!parsed) return expected(place, field.key, expectation, '"' + excerpt(*text) + '"');
  value = *parsed;
  places_[dotted(field.key)] = place;
}

void FieldReader::number(const Field& field, double& value) {
  Place place;
  const std::string expectation = tricycle::expectation(field, false);
  const std::string* text = scalar(field.key, field.required, expectation, place);
  if (!text) return;
  const std::optional<double> parsed = parse_real(*text, field);
  if (!parsed) return expected(place, field.key, expectation, '"' + excerpt(*text) + '"');
  value = *parsed;
  places_[dotted(field.key)] = place;
}

void FieldReader::flag(std::string_view key, bool& value, std::string_view /*meaning*/) {
  Place place;
  const std::string* text = scalar(key, false, "false or true", place);
  if (!text) return;
  const std::optional<bool> parsed = parse_flag(*text);
  if (!parsed) return expected(place, key, "false or true", '"' + excerpt(*text) + '"');
  value = *parsed;
  places_[dotted(key)] = place;
}

bool FieldReader::enter(std::string_view key, bool required) {
  const YamlNode::Entry* entry = find(key, required, "a map of keys");
  if (!entry) return false;
  if (entry->value.kind != YamlNode::Kind::kMap) {
    expected(entry->value.place, key, "a map of keys", entry->value.got());
    return false;
  }
  push(*entry);
  return true;
}

bool FieldReader::enter_optional(std::string_view key) {
  const YamlNode::Entry* entry = find(key, false, "");
  if (!entry) return false;
  const YamlNode& value = entry->value;
  if (value.kind == YamlNode::Kind::kScalar && value.text == "none") return false;
  if (value.kind != YamlNode::Kind::kMap) {
    expected(value.place, key, "a map of keys or none", value.got());
    return false;
  }
  push(*entry);
  return true;
}

void FieldReader::push(const YamlNode::Entry& entry) {
  const std::string key = dotted(entry.key);
  places_[key] = entry.key_place;
  frames_.push_back({&entry.value, entry.key_place, key + ".", {}, {}});
}

void FieldReader::leave() {
  check_frame();
  frames_.pop_back();
}

void FieldReader::check_frame() {
  const Frame& frame = frames_.back();
  if (frames_.size() == 1 && refuse_foreign_files(frame)) return;
  int present = 0;
  for (const YamlNode::Entry& entry : frame.node->entries) {
    if (std::find(frame.known.begin(), frame.known.end(), entry.key) == frame.known.end())
      unknown(entry, frame);
    const bool none = entry.value.kind == YamlNode::Kind::kScalar && entry.value.text == "none";
    const bool alternative =
        std::count(frame.alternatives.begin(), frame.alternatives.end(), entry.key) > 0;
    if (alternative && !none && ++present > 1)
      fault(entry.key_place, frame.prefix + entry.key,
            "expected only one of " + one_of(frame.alternatives));
  }
  if (!frame.alternatives.empty() && present == 0)
    fault(frame.place, frame.prefix.substr(0, frame.prefix.size() - 1),
          "expected one of " + one_of(frame.alternatives));
}

void FieldReader::unknown(const YamlNode::Entry& entry, const Frame& frame) {
  // A suggestion takes time, and nobody reads those of a thousand keys.
  const bool shown = faults_.size() < kMostFaultsShown;
  fault(entry.key_place, frame.prefix + entry.key,
        "unknown key" + (shown ? suggestion(entry.key, frame.known) : ""));
}

/// A file of which no key is known, nor near to one, is another's: a `base:` that leads astray. One
/// fault a file, which shows nothing of it.  Whether there is such a file.
bool FieldReader::refuse_foreign_files(const Frame& frame) {
  std::map<std::string, bool> ours;  // source -> whether a key is
  for (const YamlNode::Entry& entry : frame.node->entries) {
    bool& any = ours[entry.key_place.source];
    any = any || entry.key_place.line == 0 ||
          std::find(frame.known.begin(), frame.known.end(), entry.key) != frame.known.end() ||
          !closest_name(entry.key, frame.known).empty();
  }
  bool foreign = false;
  for (const auto& [source, any] : ours) {
    if (any) continue;
    foreign = true;
    fault({source, 1, 1}, "",
          "expected keys of this kind of file, found none" + list_of(frame.known));
  }
  return foreign;
}

const Place* FieldReader::place_of(const std::string& dotted_key) const {
  const auto found = places_.find(dotted_key);
  return found == places_.end() ? nullptr : &found->second;
}

Place FieldReader::section_place(const std::string& dotted_key) const {
  const Place* place = place_of(dotted_key);
  return place ? *place : frames_.front().place;
}

}  // namespace tricycle
