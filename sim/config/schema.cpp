// SPDX-License-Identifier: Apache-2.0
#include "sim/config/schema.h"

#include <cmath>

#include "models/json.h"
#include "sim/config/quantity.h"

namespace tricycle {

namespace {

Json limit(double value) {
  const double whole = std::floor(value);
  return whole == value ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json number_schema(const FieldNode& node) {
  const bool integer = node.kind == FieldNode::Kind::kInteger;
  const std::string pattern = suffix_pattern(node.field.quantity, integer);
  const Json text{{"type", "string"}, {"pattern", pattern}};
  if (requires_unit(node.field.quantity)) return text;
  const Json number{{"type", integer ? "integer" : "number"},
                    {"minimum", limit(node.field.minimum)},
                    {"maximum", limit(node.field.maximum)}};
  return pattern.empty() ? number : Json{{"anyOf", Json::array({number, text})}};
}

Json map_schema(const FieldNode& node);

Json value_schema(const FieldNode& node) {
  Json schema;
  switch (node.kind) {
    case FieldNode::Kind::kText:
    case FieldNode::Kind::kPath: schema = {{"type", "string"}}; break;
    case FieldNode::Kind::kInteger:
    case FieldNode::Kind::kReal: schema = number_schema(node); break;
    case FieldNode::Kind::kFlag: schema = {{"type", "boolean"}}; break;
    case FieldNode::Kind::kChoice: schema = {{"enum", node.choices}}; break;
    case FieldNode::Kind::kSection: return map_schema(node);
    case FieldNode::Kind::kOptionalSection:
    case FieldNode::Kind::kAlternative:
      return {{"anyOf", Json::array({map_schema(node), Json{{"const", "none"}}})}};
  }
  if (!node.field.meaning.empty()) schema["description"] = node.field.meaning;
  const bool text = node.kind == FieldNode::Kind::kText || node.kind == FieldNode::Kind::kPath;
  if (!node.field.required && !text && !node.value.empty()) {
    // Numbers with a unit are strings in YAML, the others are not.
    const std::optional<Json> parsed = Json::try_parse(node.value);
    schema["default"] = parsed ? *parsed : Json(node.value);
  }
  return schema;
}

Json map_schema(const FieldNode& node) {
  Json properties = Json::object();
  for (const FieldNode& child : node.children) properties[child.key] = value_schema(child);
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

/// The required keys alone, as a schema beside the one of the values; empty where nothing below is
/// required.
Json required_schema(const FieldNode& node) {
  Json names = Json::array();
  Json properties = Json::object();
  Json one_of_them = Json::array();
  for (const FieldNode& child : node.children) {
    if (child.kind == FieldNode::Kind::kAlternative)
      one_of_them.push_back({{"required", Json::array({child.key})}});
    if (child.field.required) names.push_back(child.key);
    if (child.is_leaf()) continue;
    if (Json below = required_schema(child); !below.empty())
      properties[child.key] = std::move(below);
  }
  Json schema = Json::object();
  if (!names.empty()) schema["required"] = std::move(names);
  if (!one_of_them.empty()) schema["oneOf"] = std::move(one_of_them);
  if (!properties.empty()) schema["properties"] = std::move(properties);
  return schema;
}

}  // namespace

std::string json_schema(const FieldNode& root, std::string_view title) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  schema.update(map_schema(root));
  schema["properties"]["base"] = {
      {"type", "string"},
      {"description", "a file of the same kind whose keys hold where this one has none"}};
  schema["if"] = {{"not", {{"required", Json::array({"base"})}}}};
  schema["then"] = required_schema(root);
  return schema.dump(2) + "\n";
}

}  // namespace tricycle
