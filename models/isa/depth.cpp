// SPDX-License-Identifier: Apache-2.0
#include "models/isa/depth.h"

#include <algorithm>

namespace tricycle {

namespace {

bool is_step(const Instruction& in) {
  return std::visit(
      [](const auto& op) {
        if constexpr (requires { op.is_step(); })
          return op.is_step();
        else
          return false;
      },
      in.operation);
}

}  // namespace

std::int64_t dependent_steps(const Program& program) {
  std::vector<std::int64_t> depth;
  std::int64_t longest = 0;
  for (const Instruction& in : program.instructions) {
    std::int64_t before = 0;
    for (const std::uint32_t wait : in.waits) before = std::max(before, depth[wait]);
    depth.push_back(before + (is_step(in) ? 1 : 0));
    longest = std::max(longest, depth.back());
  }
  return longest;
}

}  // namespace tricycle
