// SPDX-License-Identifier: Apache-2.0
#include "sim/config/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "models/cost/cost_fields.h"
#include "sim/config/quantity.h"
#include "sim/config/schema.h"
#include "workloads/ensembles.h"
#include "workloads/problem_fields.h"
#include "workloads/tokens/delta_rules.h"

namespace tricycle {

namespace {

/// A path as a file in `directory` (empty: the working directory) would write it; an empty path
/// stays empty.
void make_relative(std::string& path, const std::string& directory) {
  if (!path.empty())
    path = std::filesystem::proximate(path, directory.empty() ? "." : directory).string();
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

std::string type_text(const FieldNode& node) {
  switch (node.kind) {
    case FieldNode::Kind::kText: return "text";
    case FieldNode::Kind::kPath: return "path";
    case FieldNode::Kind::kInteger:
    case FieldNode::Kind::kReal: {
      const std::string type = node.kind == FieldNode::Kind::kInteger ? "integer" : "number";
      const std::string_view unit = unit_name(node.field.quantity);
      return unit.empty() ? type : fmt::format("{}, {}", type, unit);
    }
    case FieldNode::Kind::kFlag: return "flag";
    case FieldNode::Kind::kChoice: return "choice";
    case FieldNode::Kind::kSection:
    case FieldNode::Kind::kOptionalSection:
    case FieldNode::Kind::kAlternative: return "map";
  }
  return "";
}

std::string range_text(const FieldNode& node) {
  if (node.kind == FieldNode::Kind::kInteger || node.kind == FieldNode::Kind::kReal)
    return fmt::format("[{}, {}]", node.field.minimum, node.field.maximum);
  if (node.kind == FieldNode::Kind::kFlag) return "true | false";
  return join(node.choices, " | ");
}

bool same_keys(const FieldNode& a, const FieldNode& b);

/// Whether nodes are the same except for the key: by_format.fp16 and by_format.bf16.
bool alike(const FieldNode& a, const FieldNode& b) {
  return a.kind == b.kind && a.value == b.value && a.choices == b.choices &&
         a.field.quantity == b.field.quantity && a.field.minimum == b.field.minimum &&
         a.field.maximum == b.field.maximum && a.field.required == b.field.required &&
         a.field.meaning == b.field.meaning && same_keys(a, b);
}

bool same_keys(const FieldNode& a, const FieldNode& b) {
  return std::equal(
      a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
      [](const FieldNode& x, const FieldNode& y) { return x.key == y.key && alike(x, y); });
}

std::vector<std::string> sections_of(const FieldNode& root) {
  std::vector<std::string> names;
  for (const FieldNode& child : root.children)
    if (!child.is_leaf()) names.push_back(child.key);
  return names;
}

/// Merges neighbours that differ only in their keys into one: "fp64 | fp32 | ...".
std::vector<FieldNode> folded(const std::vector<FieldNode>& children) {
  std::vector<FieldNode> out;
  for (const FieldNode& child : children) {
    if (!out.empty() && alike(out.back(), child))
      out.back().key += " | " + child.key;
    else
      out.push_back(child);
  }
  return out;
}

struct Row {
  std::string key, type, range, fallback, meaning;
};

void add_rows(const FieldNode& node, std::size_t depth, std::vector<Row>& rows) {
  for (const FieldNode& child : folded(node.children)) {
    const std::string key = std::string(2 * depth, ' ') + child.key;
    if (child.is_leaf()) {
      const bool none = child.value.empty() || child.value == "\"\"";
      rows.push_back({key, type_text(child), range_text(child),
                      child.field.required ? "required"
                      : none               ? "-"
                                           : child.value,
                      std::string(child.field.meaning)});
      continue;
    }
    const bool either = child.kind == FieldNode::Kind::kAlternative;
    const bool optional = child.kind == FieldNode::Kind::kOptionalSection;
    rows.push_back({key + ":", "", "",
                    child.field.required ? "required"
                    : either             ? "one of these"
                    : optional           ? "absent"
                                         : "",
                    ""});
    add_rows(child, depth + 1, rows);
  }
}

std::string table(const FieldNode& root, std::string_view title) {
  std::vector<Row> rows{{"key", "type", "range", "default", "meaning"}};
  rows.push_back(
      {"base", "path", "", "-", "a file of the same kind whose keys hold where this one has none"});
  add_rows(root, 0, rows);
  // A long list of names (the key or the choices) does not widen the table; it pushes the rest of
  // its line to the right.
  std::array<std::size_t, 4> width{};
  for (const Row& row : rows) {
    const std::array<const std::string*, 4> cells{&row.key, &row.type, &row.range, &row.fallback};
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i]->size() <= 36) width[i] = std::max(width[i], cells[i]->size());
  }
  std::string text = fmt::format("{}\n", title);
  for (const Row& row : rows) {
    std::string line =
        fmt::format("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {}", row.key, width[0], row.type, width[1],
                    row.range, width[2], row.fallback, width[3], row.meaning);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

/// Whether a dump writes anything for a node.  It writes nothing for optional sections that are
/// absent, nor for a section that has only those.
bool is_written(const FieldNode& node) {
  if (node.is_leaf()) return true;
  return node.present && std::any_of(node.children.begin(), node.children.end(), is_written);
}

void dump(const FieldNode& node, std::size_t depth, std::string& out) {
  for (const FieldNode& child : node.children) {
    if (!is_written(child)) continue;
    const std::string indent(2 * depth, ' ');
    if (child.is_leaf()) {
      if (!child.value.empty()) out += fmt::format("{}{}: {}\n", indent, child.key, child.value);
      continue;
    }
    const bool flat = std::all_of(child.children.begin(), child.children.end(),
                                  [](const FieldNode& n) { return n.is_leaf() || !is_written(n); });
    std::vector<std::string> items;
    for (const FieldNode& leaf : child.children)
      if (leaf.is_leaf() && !leaf.value.empty())
        items.push_back(fmt::format("{}: {}", leaf.key, leaf.value));
    const std::string line = fmt::format("{}{}: {{{}}}\n", indent, child.key, join(items, ", "));
    if (flat && line.size() <= 100) {
      out += line;
    } else {
      out += fmt::format("{}{}:\n", indent, child.key);
      dump(child, depth + 1, out);
    }
  }
}

}  // namespace

FieldNode hw_tree(HwConfig hw) {
  FieldTree tree;
  visit_fields(tree, hw);
  return tree.take();
}

FieldNode problem_tree(Problem problem) {
  const std::vector<std::string_view> ensembles = ensemble_names(), rules = delta_rule_names();
  FieldTree tree;
  visit_fields(tree, ProblemFields{problem, ensembles, rules});
  return tree.take();
}

FieldNode costs_tree(CostTables tables) {
  FieldTree tree;
  visit_fields(tree, tables);
  return tree.take();
}

std::string describe_hw() {
  return table(hw_tree({}),
               "A machine (hwconfigs/*.yaml).  --set a.b.c=VALUE overrides any key; formats a "
               "machine lacks are absent or none.");
}

std::string describe_problem() {
  return table(problem_tree({}),
               "A problem (workloads/problems/*.yaml).  --set a.b.c=VALUE overrides any key.");
}

std::string describe_costs() {
  return table(
      costs_tree({}),
      "Cost tables (hwconfigs/costs/*.yaml), named by a machine's cost.tables.  Every figure "
      "as published sources have it: low <= nominal <= high.");
}

std::vector<std::string> hw_sections() { return sections_of(hw_tree({})); }
std::vector<std::string> costs_sections() { return sections_of(costs_tree({})); }

std::string hw_json_schema() { return json_schema(hw_tree({}), "Tricycle machine"); }
std::string costs_json_schema() { return json_schema(costs_tree({}), "Tricycle cost tables"); }
std::string problem_json_schema() { return json_schema(problem_tree({}), "Tricycle problem"); }

std::string dump_hw_config(const HwConfig& hw, const std::string& directory) {
  HwConfig relative = hw;
  make_relative(relative.cost_model.tables_file, directory);
  std::string out;
  dump(hw_tree(relative), 0, out);
  return out;
}

std::string dump_cost_tables(const CostTables& tables) {
  std::string out;
  dump(costs_tree(tables), 0, out);
  return out;
}

std::string dump_problem(const Problem& problem, const std::string& directory) {
  Problem relative = problem;
  for_each_file(relative, [&](std::string& file) { make_relative(file, directory); });
  std::string out;
  dump(problem_tree(relative), 0, out);
  return out;
}

}  // namespace tricycle
