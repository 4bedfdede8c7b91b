// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/config_fields.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// Visitor for visit_fields that reads every key from a YAML tree.  It is strict: unknown keys,
/// missing keys, wrong types and values out of range become faults.  Reading goes on after a fault.
/// A member whose key is absent or faulty keeps its value.
class FieldReader {
 public:
  FieldReader(const YamlNode& root, std::vector<Fault>& faults) : faults_(faults) {
    frames_.push_back({&root, root.place, "", {}, {}});
  }

  void text(std::string_view key, std::string& value, bool required, std::string_view meaning);
  /// Reads a path.  In a file it is relative to that file, in a --set to the working directory.
  void path(std::string_view key, std::string& value, bool required, std::string_view meaning);
  /// Reads a text that must be one of `valid`.
  void word(std::string_view key, std::string& value, bool required,
            std::span<const std::string_view> valid, std::string_view meaning);
  void number(const Field& field, std::int64_t& value);
  void number(const Field& field, double& value);
  void flag(std::string_view key, bool& value, std::string_view meaning);

  template <typename E>
  void choice(std::string_view key, E& value, bool required, std::string_view /*meaning*/) {
    std::vector<std::string_view> valid;
    for (const auto& [name, enumerator] : EnumNames<E>::kValues) valid.push_back(name);
    if (const int index = index_of(key, required, valid); index >= 0)
      value = EnumNames<E>::kValues[static_cast<std::size_t>(index)].second;
  }

  template <typename Body>
  void section(std::string_view key, bool required, Body body) {
    if (!enter(key, required)) return;
    body();
    leave();
  }

  /// A section that may be absent: a map if it is present, otherwise `none` or no key.
  template <typename Body>
  void optional_section(std::string_view key, bool& present, Body body) {
    present = enter_optional(key);
    if (!present) return;
    body();
    leave();
  }

  /// One of several alternatives in a section, of which exactly one must have a key.
  template <typename E, typename Body>
  void alternative(std::string_view key, E& selected, E value, Body body) {
    frames_.back().alternatives.push_back(key);
    if (!enter_optional(key)) return;
    selected = value;
    body();
    leave();
  }

  /// Reports unknown keys at the top level.  Call once, after visit_fields.
  void finish() { check_frame(); }

  /// Where a key stands that was read without a fault; nullptr if it was absent or faulty.
  const Place* place_of(const std::string& dotted_key) const;
  /// Place of a section's key, or of the tree where the section has no key.
  Place section_place(const std::string& dotted_key) const;
  void fault(const Place& place, const std::string& dotted_key, std::string what) {
    faults_.push_back({place, dotted_key, std::move(what)});
  }

 private:
  struct Frame {
    const YamlNode* node;
    Place place;
    std::string prefix;  // "systolic_array."
    std::vector<std::string_view> known;
    std::vector<std::string_view> alternatives;
  };

  std::string dotted(std::string_view key) const {
    return frames_.back().prefix + std::string(key);
  }
  const YamlNode::Entry* find(std::string_view key, bool required, const std::string& expected);
  const std::string* scalar(std::string_view key, bool required, const std::string& expected,
                            Place& place);
  int index_of(std::string_view key, bool required, std::span<const std::string_view> valid);
  bool enter(std::string_view key, bool required);
  bool enter_optional(std::string_view key);
  void push(const YamlNode::Entry& entry);
  void leave();
  void check_frame();
  void unknown(const YamlNode::Entry& entry, const Frame& frame);
  bool refuse_foreign_files(const Frame& frame);
  void expected(const Place& place, std::string_view key, const std::string& what,
                const std::string& got) {
    fault(place, dotted(key), "expected " + what + ", got " + got);
  }

  std::vector<Fault>& faults_;
  std::vector<Frame> frames_;
  std::map<std::string, Place> places_;
};

/// "a, b or c".
std::string one_of(std::span<const std::string_view> names);
/// ` (did you mean "cols"?)` or ` (valid: rows, cols)`.
std::string suggestion(std::string_view given, std::span<const std::string_view> valid);
/// ` (valid: rows, cols)`; empty where there are none.
std::string list_of(std::span<const std::string_view> valid);

}  // namespace tricycle
