// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/config/describe.h"
#include "sim/config/field_reader.h"
#include "sim/sweep/grid.h"
#include "workloads/algorithm.h"

namespace tricycle {

namespace {

/// Texts and paths are no axes: machines and problems are files.
void add_leaves(const FieldNode& node, const std::string& prefix,
                std::map<std::string, FieldNode, std::less<>>& out) {
  for (const FieldNode& child : node.children) {
    const std::string key = prefix + child.key;
    const bool text = child.kind == FieldNode::Kind::kText || child.kind == FieldNode::Kind::kPath;
    if (!child.is_leaf())
      add_leaves(child, key + ".", out);
    else if (!text)
      out.emplace(key, child);
  }
}

KeyKind kind_of(const FieldNode& node) {
  if (node.kind == FieldNode::Kind::kInteger || node.kind == FieldNode::Kind::kReal)
    return {node.field.quantity, {}};
  if (node.kind == FieldNode::Kind::kFlag) return {std::nullopt, {"false", "true"}};
  return {std::nullopt, node.choices};
}

const FieldNode* find(const std::map<std::string, FieldNode, std::less<>>& nodes,
                      std::string_view key) {
  const auto found = nodes.find(key);
  return found == nodes.end() ? nullptr : &found->second;
}

}  // namespace

const AxisKeys& AxisKeys::all() {
  static const AxisKeys keys;
  return keys;
}

AxisKeys::AxisKeys() {
  add_leaves(hw_tree({}), "", machine_);
  add_leaves(problem_tree({}), "problem.", problem_);
  for (const Parameter& row : algorithm_parameters())
    if (row.is_axis) parameters_.push_back(fmt::format("algorithm.{}", row.key));
}

const FieldNode* AxisKeys::machine(std::string_view key) const { return find(machine_, key); }
const FieldNode* AxisKeys::problem(std::string_view key) const { return find(problem_, key); }

std::optional<AxisTarget> AxisKeys::target(std::string_view key) const {
  if (key == "machine") return AxisTarget::kMachine;
  if (key == "problem") return AxisTarget::kProblem;
  if (key == "algorithm") return AxisTarget::kAlgorithm;
  if (key == "format") return AxisTarget::kFormat;
  for (const std::string& parameter : parameters_)
    if (parameter == key) return AxisTarget::kParameter;
  if (problem(key) != nullptr) return AxisTarget::kProblemKey;
  if (machine(key) != nullptr) return AxisTarget::kMachineKey;
  return std::nullopt;
}

std::optional<KeyKind> AxisKeys::kind(std::string_view key) const {
  const std::optional<AxisTarget> what = target(key);
  if (!what) return std::nullopt;
  KeyKind kind;
  switch (*what) {
    case AxisTarget::kMachine:
    case AxisTarget::kProblem: return kind;
    case AxisTarget::kParameter:
      // What an axis gives a parameter is its grid's to say.
      return std::nullopt;
    case AxisTarget::kAlgorithm:
      for (const Algorithm& row : algorithms()) kind.words.emplace_back(row.name);
      return kind;
    case AxisTarget::kFormat:
      for (const FormatInfo& row : kFormats) kind.words.emplace_back(row.name);
      return kind;
    case AxisTarget::kProblemKey: return kind_of(*problem(key));
    case AxisTarget::kMachineKey: return kind_of(*machine(key));
  }
  return std::nullopt;
}

std::vector<std::string_view> AxisKeys::names() const {
  std::vector<std::string_view> names{"machine", "problem", "algorithm", "format"};
  names.insert(names.end(), parameters_.begin(), parameters_.end());
  for (const auto& entry : problem_) names.push_back(entry.first);
  for (const auto& entry : machine_) names.push_back(entry.first);
  return names;
}

std::string AxisKeys::suggest(std::string_view key) const {
  // Of the problem's file, where it stands without the prefix.
  if (const std::string full = fmt::format("problem.{}", key); problem(full) != nullptr)
    return fmt::format(" (did you mean \"{}\"?)", full);
  const std::string text = suggestion(key, names());
  // The list of all keys would be a page.
  return text.starts_with(" (valid:") ? "; `tricycle describe grid` lists them" : text;
}

}  // namespace tricycle
