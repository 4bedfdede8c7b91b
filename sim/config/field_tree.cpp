// SPDX-License-Identifier: Apache-2.0
#include "sim/config/field_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/printable.h"
#include "sim/config/quantity.h"

namespace tricycle {

const FieldNode* find_field(const FieldNode& root, std::string_view key) {
  const std::size_t dot = key.find('.');
  const auto child = std::ranges::find(root.children, key.substr(0, dot), &FieldNode::key);
  if (child == root.children.end()) return nullptr;
  return dot == std::string_view::npos ? &*child : find_field(*child, key.substr(dot + 1));
}

FieldNode FieldTree::make(FieldNode::Kind kind, std::string_view key, bool required,
                          std::string_view meaning) {
  FieldNode node;
  node.key = key;
  node.kind = kind;
  node.field.key = key;
  node.field.required = required;
  node.field.meaning = meaning;
  return node;
}

void FieldTree::text(std::string_view key, const std::string& value, bool required,
                     std::string_view meaning) {
  FieldNode node = make(FieldNode::Kind::kText, key, required, meaning);
  node.value = yaml_text(value);
  add(std::move(node));
}

void FieldTree::path(std::string_view key, const std::string& value, bool required,
                     std::string_view meaning) {
  FieldNode node = make(FieldNode::Kind::kPath, key, required, meaning);
  if (!value.empty()) node.value = yaml_text(value);
  add(std::move(node));
}

void FieldTree::word(std::string_view key, const std::string& value, bool required,
                     std::span<const std::string_view> valid, std::string_view meaning) {
  FieldNode node = make(FieldNode::Kind::kChoice, key, required, meaning);
  node.value = value;
  node.choices.assign(valid.begin(), valid.end());
  add(std::move(node));
}

void FieldTree::number(const Field& field, const std::int64_t& value) {
  FieldNode node = make(FieldNode::Kind::kInteger, field.key, field.required, field.meaning);
  node.field = field;
  node.value = format_quantity(field.quantity, value);
  add(std::move(node));
}

void FieldTree::number(const Field& field, const double& value) {
  FieldNode node = make(FieldNode::Kind::kReal, field.key, field.required, field.meaning);
  node.field = field;
  node.value = format_quantity(field.quantity, value);
  add(std::move(node));
}

void FieldTree::flag(std::string_view key, const bool& value, std::string_view meaning) {
  FieldNode node = make(FieldNode::Kind::kFlag, key, false, meaning);
  node.value = value ? "true" : "false";
  add(std::move(node));
}

std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::max<std::size_t>(1, utf8_sequence(text, at));
    const std::string_view sequence = text.substr(at, size);
    at += size;
    if (sequence == "\"" || sequence == "\\")
      out += fmt::format("\\{}", sequence);
    else if (find_unprintable(sequence) == std::string_view::npos)
      out += sequence;
    else
      out += fmt::format("\\U{:08X}", code_point(sequence));
  }
  return out + '"';
}

}  // namespace tricycle
