// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/config_fields.h"

namespace tricycle {

/// One key with everything that is known about it.  Descriptions, schemas and dumps print it.
struct FieldNode {
  enum class Kind : std::uint8_t {
    kText,
    kPath,
    kInteger,
    kReal,
    kFlag,
    kChoice,
    kSection,
    kOptionalSection,
    kAlternative
  };

  std::string key;
  Kind kind = Kind::kSection;
  Field field;  // numbers: quantity, range, required; others: required, meaning
  std::vector<std::string> choices;
  std::string value;    // as YAML writes it
  bool present = true;  // for optional sections and alternatives
  std::vector<FieldNode> children;

  bool is_leaf() const { return kind < Kind::kSection; }
};

/// The node with a dotted key below `root`; nullptr where there is none.
const FieldNode* find_field(const FieldNode& root, std::string_view key);

/// Visitor for visit_fields that records every key with its value.
class FieldTree {
 public:
  FieldTree() : stack_(1) {}

  FieldNode take() { return std::move(stack_.front()); }

  void text(std::string_view key, const std::string& value, bool required,
            std::string_view meaning);
  void path(std::string_view key, const std::string& value, bool required,
            std::string_view meaning);
  void word(std::string_view key, const std::string& value, bool required,
            std::span<const std::string_view> valid, std::string_view meaning);
  void number(const Field& field, const std::int64_t& value);
  void number(const Field& field, const double& value);
  void flag(std::string_view key, const bool& value, std::string_view meaning);

  template <typename E>
  void choice(std::string_view key, const E& value, bool required, std::string_view meaning) {
    std::vector<std::string_view> names;
    std::string text;
    for (const auto& [name, enumerator] : EnumNames<E>::kValues) {
      names.push_back(name);
      if (enumerator == value) text = name;
    }
    word(key, text, required, names, meaning);
  }
  template <typename Body>
  void section(std::string_view key, bool required, Body body) {
    nest(FieldNode::Kind::kSection, key, required, true, body);
  }
  template <typename Body>
  void optional_section(std::string_view key, const bool& present, Body body) {
    nest(FieldNode::Kind::kOptionalSection, key, false, present, body);
  }
  template <typename E, typename Body>
  void alternative(std::string_view key, const E& selected, E value, Body body) {
    nest(FieldNode::Kind::kAlternative, key, false, selected == value, body);
  }

 private:
  template <typename Body>
  void nest(FieldNode::Kind kind, std::string_view key, bool required, bool present, Body body) {
    FieldNode node = make(kind, key, required, "");
    node.present = present;
    stack_.push_back(std::move(node));
    body();
    FieldNode done = std::move(stack_.back());
    stack_.pop_back();
    stack_.back().children.push_back(std::move(done));
  }
  static FieldNode make(FieldNode::Kind kind, std::string_view key, bool required,
                        std::string_view meaning);
  void add(FieldNode node) { stack_.back().children.push_back(std::move(node)); }

  std::vector<FieldNode> stack_;
};

/// Text as a YAML double-quoted scalar of printable characters.
std::string yaml_text(std::string_view text);

}  // namespace tricycle
