// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_meaning.h"

#include <algorithm>

#include "sim/config/field_tree.h"
#include "sim/config/quantity.h"
#include "workloads/ensembles.h"
#include "workloads/problem_fields.h"

namespace tricycle {

namespace {

FieldNode hw_keys() {
  HwConfig hw;
  FieldTree tree;
  visit_fields(tree, hw);
  return tree.take();
}

FieldNode problem_keys() {
  Problem problem;
  const std::vector<std::string_view> ensembles = ensemble_names();
  FieldTree tree;
  visit_fields(tree, ProblemFields{problem, ensembles});
  return tree.take();
}

const FieldNode* find(const FieldNode& node, std::string_view path) {
  const std::size_t dot = path.find('.');
  const auto child = std::ranges::find(node.children, path.substr(0, dot), &FieldNode::key);
  if (child == node.children.end()) return nullptr;
  return dot == std::string_view::npos ? &*child : find(*child, path.substr(dot + 1));
}

}  // namespace

KeyMeaning key_meaning(std::string_view key) {
  static const FieldNode kHw = hw_keys(), kProblem = problem_keys();
  constexpr std::string_view kOfProblem = "problem.";
  const FieldNode* node =
      key.starts_with(kOfProblem) ? find(kProblem, key.substr(kOfProblem.size())) : find(kHw, key);
  if (node == nullptr) return {};
  const bool is_number =
      node->kind == FieldNode::Kind::kInteger || node->kind == FieldNode::Kind::kReal;
  return {is_number ? std::string(unit_name(node->field.quantity)) : "",
          std::string(node->field.meaning)};
}

}  // namespace tricycle
