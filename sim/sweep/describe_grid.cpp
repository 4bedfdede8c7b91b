// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/json.h"
#include "sim/config/quantity.h"
#include "sim/host/version.h"
#include "sim/sweep/grid.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

std::string values_text(const AxisKeys& keys, std::string_view name) {
  const std::optional<KeyKind> kind = keys.kind(name);
  if (name == "machine" || name == "problem") return "paths, relative to the grid";
  if (!kind) {
    const std::string_view parameter = name.substr(name.find('.') + 1);
    return std::string(find_parameter(parameter).values);
  }
  if (!kind->number) return fmt::format("{}", fmt::join(kind->words, " | "));
  const FieldNode* node = keys.machine(name) != nullptr ? keys.machine(name) : keys.problem(name);
  return expectation(node->field, node->kind == FieldNode::Kind::kInteger) + "; lists and ranges";
}

/// The file as a whole.
constexpr const char* kGridSyntax =
    "A grid (workloads/grids/*.yaml).\n"
    "name: TEXT              required\n"
    "description: TEXT\n"
    "machine: PATH           relative to the grid; required unless an axis names machines\n"
    "problem: PATH           .. likewise\n"
    "axes:                   required; axes are crossed, the keys of one axis move together\n"
    "  - KEY: [A, B, ..]     a list\n"
    "    KEY: {from: A, to: B, step: C}        a linear range\n"
    "  - KEY: {from: A, to: B, powers_of: 2}   a geometric range\n"
    "derived:                keys set by other keys, the machine's and the problem's too\n"
    "  KEY: 4 * KEY          numbers with units, keys, + - * / ( ), min(), max(), ceil(), "
    "floor(); in "
    "the unit of\n"
    "                        the key, or without any\n"
    "constraints:            what every point must fulfil\n"
    "  - KEY * KEY <= 4096   the same, and < <= > >= == !=\n"
    "  - COLUMN <= 20        of a figure of `tricycle list columns`: a point that breaks it "
    "fails\n"
    "sampling: full | {random: {points: N, seed: S}} | {latin_hypercube: {points: N, seed: S}}\n"
    "  | {pareto: {points: N, start: M, seed: S, minimize: [COLUMN, ..], maximize: [COLUMN, "
    "..]}}\n"
    "                        a search from M points on; minimize, maximize: at least one of "
    "them\n";

/// What values_text() says, part by part.
Json axis_key_json(const AxisKeys& keys, std::string_view name) {
  Json object{{"key", name},
              {"type", "text"},
              {"unit", nullptr},
              {"minimum", nullptr},
              {"maximum", nullptr},
              {"choices", nullptr},
              {"values", values_text(keys, name)}};
  const std::optional<KeyKind> kind = keys.kind(name);
  if (!kind) return object;
  if (!kind->number) {
    object["type"] = kind->words.empty() ? "text" : "choice";
    if (!kind->words.empty()) object["choices"] = kind->words;
    return object;
  }
  const FieldNode* node = keys.machine(name) != nullptr ? keys.machine(name) : keys.problem(name);
  object["type"] = node->kind == FieldNode::Kind::kInteger ? "integer" : "number";
  if (const std::string_view unit = unit_name(node->field.quantity); !unit.empty())
    object["unit"] = unit;
  object["minimum"] = node->field.minimum;
  object["maximum"] = node->field.maximum;
  return object;
}

Json array_schema(const Json& item) {
  return {{"type", "array"}, {"items", item}, {"minItems", 1}, {"uniqueItems", true}};
}

/// What an axis may give a key: a list, of numbers a range as well.
Json values_schema(const AxisKeys& keys, std::string_view name) {
  const std::optional<KeyKind> kind = keys.kind(name);
  const Json scalar{{"type", Json::array({"string", "number", "integer"})}};
  if (!kind || (!kind->number && kind->words.empty())) return array_schema(scalar);
  if (!kind->number) {
    Json words = Json::array();
    for (const std::string& word : kind->words) words.push_back(word);
    if (kind->words.front() == "false") words = Json::array({false, true});
    return array_schema({{"enum", words}});
  }
  const Json range{{"type", "object"},
                   {"properties",
                    {{"from", scalar},
                     {"to", scalar},
                     {"step", scalar},
                     {"powers_of", {{"type", "integer"}, {"minimum", 2}, {"maximum", 1024}}}}},
                   {"required", Json::array({"from", "to"})},
                   {"minProperties", 3},
                   {"maxProperties", 3},
                   {"additionalProperties", false}};
  return {{"anyOf", Json::array({array_schema(scalar), range})}};
}

/// Keys that may be derived: numbers.
Json derived_schema(const AxisKeys& keys) {
  Json properties = Json::object();
  for (const std::string_view name : keys.names())
    if (const auto kind = keys.kind(name); kind && kind->number)
      properties[std::string(name)] = {{"type", Json::array({"string", "number"})}};
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

Json sample_schema() {
  return {{"type", "object"},
          {"properties",
           {{"points", {{"type", "integer"}, {"minimum", 1}, {"maximum", kMostSampledPoints}}},
            {"seed", {{"type", "integer"}, {"minimum", 0}}}}},
          {"required", Json::array({"points", "seed"})},
          {"additionalProperties", false}};
}

Json search_schema() {
  const Json columns = array_schema({{"type", "string"}, {"minLength", 1}});
  Json schema = sample_schema();
  Json& properties = schema["properties"];
  properties["points"]["maximum"] = kMostSearchedPoints;
  properties["start"] = {{"type", "integer"}, {"minimum", 1}};
  properties["minimize"] = columns;
  properties["maximize"] = columns;
  schema["required"].push_back("start");
  schema["anyOf"] = Json::array({Json{{"required", Json::array({"minimize"})}},
                                 Json{{"required", Json::array({"maximize"})}}});
  return schema;
}

}  // namespace

std::string describe_grid() {
  std::string text = kGridSyntax;
  text +=
      "\nKeys of axes, and what they may be; meanings: `tricycle describe hw`, `tricycle describe "
      "problem`, `tricycle list algorithms`.\n";
  const AxisKeys& keys = AxisKeys::all();
  for (const std::string_view name : keys.names())
    text += fmt::format("{:<44}  {}\n", name, values_text(keys, name));
  return text;
}

std::string grid_keys_json() {
  const AxisKeys& axis_keys = AxisKeys::all();
  Json keys = Json::array();
  for (const std::string_view name : axis_keys.names())
    keys.push_back(axis_key_json(axis_keys, name));
  return Json{{"version", kVersion}, {"of", "grid"}, {"syntax", kGridSyntax}, {"keys", keys}}.dump(
             2) +
         "\n";
}

std::string grid_json_schema() {
  const AxisKeys& keys = AxisKeys::all();
  Json properties = Json::object();
  for (const std::string_view name : keys.names())
    properties[std::string(name)] = values_schema(keys, name);
  const Json text{{"type", "string"}, {"minLength", 1}};
  const auto sampling = [&](const char* kind, const Json& what) {
    return Json{{"type", "object"},
                {"properties", {{kind, what}}},
                {"required", Json::array({kind})},
                {"additionalProperties", false}};
  };
  const Json schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Tricycle grid"},
      {"type", "object"},
      {"properties",
       {{"name", text},
        {"description", text},
        {"machine", text},
        {"problem", text},
        {"axes",
         {{"type", "array"},
          {"minItems", 1},
          {"items",
           {{"type", "object"},
            {"properties", properties},
            {"minProperties", 1},
            {"additionalProperties", false}}}}},
        {"derived", derived_schema(keys)},
        {"constraints", {{"type", "array"}, {"items", text}}},
        {"sampling",
         {{"anyOf", Json::array({Json{{"const", "full"}}, sampling("random", sample_schema()),
                                 sampling("latin_hypercube", sample_schema()),
                                 sampling("pareto", search_schema())})}}}}},
      {"required", Json::array({"name", "axes"})},
      {"additionalProperties", false}};
  return schema.dump(2) + "\n";
}

}  // namespace tricycle
