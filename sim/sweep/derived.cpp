// SPDX-License-Identifier: Apache-2.0
//
// `derived:` of a grid: keys whose values are expressions in other keys.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/error.h"
#include "models/printable.h"
#include "sim/config/quantity.h"
#include "sim/sweep/grid.h"

namespace tricycle {

namespace {

class DerivedReader {
 public:
  DerivedReader(const AxisKeys& keys, Grid& grid, std::vector<Fault>& faults)
      : keys_(keys), grid_(grid), faults_(faults) {}

  void read(const YamlNode& map) {
    for (const YamlNode::Entry& entry : map.entries) {
      places_[entry.key] = entry.key_place;
      try {
        grid_.derived.push_back(one(entry));
      } catch (const InputError& error) {
        fault(entry.value.place, entry.key, error.what());
      }
    }
    sort();
  }

 private:
  void fault(const Place& place, const std::string& key, std::string what) {
    faults_.push_back({place, "derived." + key, std::move(what)});
  }

  const FieldNode* number_key(std::string_view key) const {
    const FieldNode* node = keys_.machine(key) != nullptr ? keys_.machine(key) : keys_.problem(key);
    const bool number = node != nullptr && (node->kind == FieldNode::Kind::kInteger ||
                                            node->kind == FieldNode::Kind::kReal);
    return number ? node : nullptr;
  }

  DerivedKey one(const YamlNode::Entry& entry) {
    const FieldNode* node = number_key(entry.key);
    if (node == nullptr)
      throw InputError(keys_.target(entry.key)
                           ? "expected a key of machine or problem that is a number"
                           : "unknown key" + suggest(entry.key));
    const std::vector<std::string> axes = grid_.axis_names();
    if (std::find(axes.begin(), axes.end(), entry.key) != axes.end())
      throw InputError("an axis sets it as well; keep one of the two");
    if (entry.value.kind != YamlNode::Kind::kScalar)
      throw InputError("expected an expression, as 4 * systolic_array.cols, got " +
                       entry.value.got());
    DerivedKey out;
    out.name = entry.key;
    out.target =
        keys_.machine(entry.key) != nullptr ? AxisTarget::kMachineKey : AxisTarget::kProblemKey;
    out.text = entry.value.text;
    out.node = node;
    const KeyNames names{[&](std::string_view key) { return kind(key); },
                         [&](std::string_view key) { return suggest(key); }};
    out.expression = parse_number_expression(out.text, names);
    const std::optional<UnitPowers> unit = out.expression.kind().unit;
    if (unit && *unit != UnitPowers{} && *unit != unit_of(node->field.quantity))
      throw InputError(
          fmt::format("expected {}, got another unit", unit_name(node->field.quantity).empty()
                                                           ? "a number without unit"
                                                           : unit_name(node->field.quantity)));
    return out;
  }

  /// Nobody reads those of a thousand keys.
  std::string suggest(std::string_view key) const {
    return faults_.size() < kMostFaultsShown ? keys_.suggest(key) : "";
  }

  std::optional<KeyKind> kind(std::string_view key) const {
    if (keys_.target(key) == AxisTarget::kParameter)
      throw InputError(fmt::format(
          "{}: a parameter of some algorithms; expected keys of machine and problem", key));
    return keys_.kind(key);
  }

  /// In an order in which each needs only what stands before it.
  void sort() {
    std::vector<DerivedKey> sorted;
    std::vector<std::string> path;
    for (const DerivedKey& key : grid_.derived)
      if (!visit(key, path, sorted)) return;
    grid_.derived = std::move(sorted);
  }

  bool visit(const DerivedKey& key, std::vector<std::string>& path,
             std::vector<DerivedKey>& sorted) {
    const auto same = [&](const DerivedKey& other) { return other.name == key.name; };
    if (std::any_of(sorted.begin(), sorted.end(), same)) return true;
    const bool again = std::find(path.begin(), path.end(), key.name) != path.end();
    path.push_back(key.name);
    if (again) {
      fault(places_.at(key.name), key.name,
            fmt::format("expected keys that do not need each other, got {}",
                        fmt::join(path, " -> ")));
      return false;
    }
    for (const DerivedKey& needed : grid_.derived)
      if (std::ranges::count(key.expression.keys(), needed.name) > 0 &&
          !visit(needed, path, sorted))
        return false;
    path.pop_back();
    sorted.push_back(key);
    return true;
  }

  const AxisKeys& keys_;
  Grid& grid_;
  std::vector<Fault>& faults_;
  std::map<std::string, Place> places_;
};

}  // namespace

void read_derived(const YamlNode& root, const AxisKeys& keys, Grid& grid,
                  std::vector<Fault>& faults) {
  const YamlNode::Entry* entry = root.find("derived");
  if (entry == nullptr) return;
  if (entry->value.kind == YamlNode::Kind::kMap)
    return DerivedReader(keys, grid, faults).read(entry->value);
  faults.push_back({entry->value.place, "derived",
                    "expected a map, as systolic_array.cols: 2 * systolic_array.rows, got " +
                        entry->value.got()});
}

AxisValue derived_value(const DerivedKey& key, double value) {
  const Field& field = key.node->field;
  const bool integer = key.node->kind == FieldNode::Kind::kInteger;
  const bool good =
      value >= field.minimum && value <= field.maximum && (!integer || value == std::floor(value));
  if (!good)
    throw InputError(
        fmt::format("derived {} = {}: expected {}, got {}", key.name, excerpt(key.text),
                    expectation(field, integer),
                    std::isnan(value) ? "a division by zero" : fmt::format("{}", value)));
  return integer ? axis_number(field, static_cast<std::int64_t>(value)) : axis_number(field, value);
}

}  // namespace tricycle
