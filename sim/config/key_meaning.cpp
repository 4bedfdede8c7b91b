// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_meaning.h"

#include "sim/config/describe.h"
#include "sim/config/quantity.h"

namespace tricycle {

KeyMeaning key_meaning(std::string_view key) {
  static const FieldNode kHw = hw_tree({}), kProblem = problem_tree({});
  constexpr std::string_view kOfProblem = "problem.";
  const FieldNode* node = key.starts_with(kOfProblem)
                              ? find_field(kProblem, key.substr(kOfProblem.size()))
                              : find_field(kHw, key);
  if (node == nullptr) return {};
  const bool is_number =
      node->kind == FieldNode::Kind::kInteger || node->kind == FieldNode::Kind::kReal;
  return {is_number ? std::string(unit_name(node->field.quantity)) : "",
          std::string(node->field.meaning)};
}

}  // namespace tricycle
