// SPDX-License-Identifier: Apache-2.0
#include "models/isa/depth.h"

#include <algorithm>

namespace tricycle {

namespace {

bool is_step(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::kCombine:
    case Opcode::kReadOut: return in.accumulator.has_value();
    case Opcode::kRowStep:
    case Opcode::kColumnStep: return in.b.rows > 0;
    case Opcode::kLoad:
    case Opcode::kStore:
    case Opcode::kMatmul:
    case Opcode::kElementary:
    case Opcode::kScales:
    case Opcode::kQuantise: return false;
  }
  return false;
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
