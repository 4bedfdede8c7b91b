// SPDX-License-Identifier: Apache-2.0
#include "sim/config/load_costs.h"

#include <fmt/format.h>

#include "models/config_fields.h"
#include "models/cost/cost_fields.h"
#include "sim/config/field_reader.h"
#include "sim/config/field_tree.h"
#include "sim/config/layers.h"
#include "sim/host/shipped_files.h"

namespace tricycle {

namespace {

constexpr const char* kShippedTables = "hwconfigs/costs/published.yaml";

bool is_spread(const FieldNode& node) {
  return node.children.size() == 3 && node.children[0].key == "low" &&
         node.children[2].key == "high";
}

double value_of(const FieldNode& leaf) { return std::stod(leaf.value); }

/// Every figure must be low <= nominal <= high.
void check_order(const FieldNode& node, const std::string& prefix, FieldReader& reader) {
  for (const FieldNode& child : node.children) {
    if (child.is_leaf()) continue;
    const std::string key = prefix + child.key;
    check_order(child, key + ".", reader);
    if (!is_spread(child)) continue;
    for (std::size_t i = 1; i < 3; ++i) {
      const FieldNode &less = child.children[i - 1], &more = child.children[i];
      const Place* place = reader.place_of(key + "." + more.key);
      if (place && reader.place_of(key + "." + less.key) && value_of(more) < value_of(less))
        reader.fault(
            *place, key + "." + more.key,
            fmt::format("expected at least {} ({}), got {}", less.key, less.value, more.value));
    }
  }
}

}  // namespace

std::string cost_tables_path(const CostConfig& config) {
  return config.tables_file.empty() ? shipped(kShippedTables) : config.tables_file;
}

SharedCostTables read_cost_tables(const std::string& path, std::vector<Fault>& faults) {
  const YamlNode root = load_layers(path, {}, "", faults);
  CostTables tables;
  if (root.find("systolic_array") != nullptr || root.find("input") != nullptr) {
    faults.push_back({root.place, "", "expected cost tables, got a machine or a problem"});
    return tables;
  }
  FieldReader reader(root, faults);
  visit_fields(reader, tables);
  reader.finish();
  FieldTree tree;
  visit_fields(tree, tables);
  check_order(tree.take(), "", reader);
  return tables;
}

SharedCostTables load_cost_tables(const std::string& path) {
  std::vector<Fault> faults;
  SharedCostTables tables = read_cost_tables(path, faults);
  throw_if_any(std::move(faults));
  return tables;
}

}  // namespace tricycle
