// SPDX-License-Identifier: Apache-2.0
#include "sim/config/describe_json.h"

#include <yaml-cpp/yaml.h>

#include <cmath>
#include <limits>

#include "models/cost/cost_tables.h"
#include "models/json.h"
#include "sim/config/describe.h"
#include "sim/config/load_hw.h"
#include "sim/config/quantity.h"
#include "sim/config/sources.h"
#include "sim/host/version.h"

namespace tricycle {

namespace {

using Kind = FieldNode::Kind;

const char* type_word(Kind kind) {
  switch (kind) {
    case Kind::kText: return "text";
    case Kind::kPath: return "path";
    case Kind::kInteger: return "integer";
    case Kind::kReal: return "number";
    case Kind::kFlag: return "flag";
    case Kind::kChoice: return "choice";
    case Kind::kSection:
    case Kind::kOptionalSection:
    case Kind::kAlternative: break;
  }
  return "map";
}

bool is_number(const FieldNode& node) {
  return node.kind == Kind::kInteger || node.kind == Kind::kReal;
}

/// Whole numbers without a point.
Json bound_json(double value) {
  return value == std::floor(value) && std::abs(value) < 1e18
             ? Json(static_cast<std::int64_t>(value))
             : Json(value);
}

/// Converts a text as YAML writes it ("8 MiB", "\"a\"") to a value in the unit of the key; null:
/// none.
Json value_json(const FieldNode& node, const std::string& text) {
  Field any = node.field;  // a default may lie outside of the range: 0, for none
  any.minimum = std::numeric_limits<double>::lowest();
  any.maximum = std::numeric_limits<double>::max();
  if (node.kind == Kind::kInteger)
    if (const auto number = parse_integer(text, any)) return *number;
  if (node.kind == Kind::kReal)
    if (const auto number = parse_real(text, any)) return *number;
  if (node.kind == Kind::kFlag)
    if (const auto flag = parse_flag(text)) return *flag;
  if (text.empty() || text == "\"\"") return nullptr;
  if (text.starts_with('"')) return YAML::Load(text).as<std::string>();
  return text;
}

Json unit_json(const FieldNode& node) {
  const std::string_view unit = is_number(node) ? unit_name(node.field.quantity) : "";
  return unit.empty() ? Json(nullptr) : Json(unit);
}

/// Whether a file must have the key, and which value holds where it does not.
const char* presence_word(const FieldNode& node) {
  if (node.field.required) return "required";
  if (node.kind == Kind::kAlternative) return "one_of_these";
  return "optional";
}

Json key_json(const FieldNode& node, const std::string& key) {
  Json object{{"key", key}, {"type", type_word(node.kind)}, {"presence", presence_word(node)}};
  if (!node.is_leaf()) return object;
  object["unit"] = unit_json(node);
  object["minimum"] = is_number(node) ? bound_json(node.field.minimum) : Json(nullptr);
  object["maximum"] = is_number(node) ? bound_json(node.field.maximum) : Json(nullptr);
  object["choices"] = node.kind == Kind::kChoice ? Json(node.choices) : Json(nullptr);
  object["default"] = node.field.required ? Json(nullptr) : value_json(node, node.value);
  object["meaning"] = node.field.meaning;
  return object;
}

void add_key_objects(const FieldNode& node, const std::string& prefix, Json& keys) {
  for (const FieldNode& child : node.children) {
    keys.push_back(key_json(child, prefix + child.key));
    add_key_objects(child, prefix + child.key + ".", keys);
  }
}

std::string keys_document(const char* of, const FieldNode& root) {
  FieldNode base;
  base.kind = Kind::kPath;
  base.field.meaning = "a file of the same kind whose keys hold where this one has none";
  Json keys = Json::array({key_json(base, "base")});
  add_key_objects(root, "", keys);
  return Json{{"version", kVersion}, {"of", of}, {"keys", keys}}.dump(2) + "\n";
}

}  // namespace

std::string hw_keys_json() { return keys_document("hw", hw_tree({})); }
std::string problem_keys_json() { return keys_document("problem", problem_tree({})); }
std::string costs_keys_json() { return keys_document("costs", costs_tree({})); }

std::string machine_keys_json(const std::string& path) {
  const HwConfig hw = load_hw_config(path);
  const FieldNode tree = hw_tree(hw);
  Json keys = Json::array();
  for (const MachineKey& key : machine_keys(path)) {
    const FieldNode& node = *find_field(tree, key.key);
    Json object{
        {"key", key.key}, {"value", value_json(node, key.value)}, {"unit", unit_json(node)}};
    const bool tagged = key.source && key.source->tag;
    object["tag"] = !key.source ? Json("default")
                    : tagged    ? Json(kTagNames[static_cast<std::size_t>(*key.source->tag)])
                                : Json(nullptr);
    object["file"] = key.source ? Json(key.source->file) : Json(nullptr);
    object["line"] = key.source ? Json(key.source->line) : Json(nullptr);
    object["source"] = tagged ? Json(key.source->source) : Json(nullptr);
    keys.push_back(std::move(object));
  }
  const Json document{
      {"version", kVersion}, {"machine", hw.name}, {"file", path}, {"keys", std::move(keys)}};
  return document.dump_any(2) + "\n";
}

}  // namespace tricycle
