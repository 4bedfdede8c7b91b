// SPDX-License-Identifier: Apache-2.0
#include "workloads/inversion/block_parameter.h"

#include <algorithm>
#include <bit>

namespace tricycle {

namespace {

/// A single block is the algorithm without blocks.
std::vector<int> block_candidates(int chunk, const ParameterValues&) {
  std::vector<int> values;
  for (int b = 4; b < chunk; b *= 2) values.push_back(b);
  return values;
}

}  // namespace

Parameter block_parameter(Parameter::Rule<int> usual) {
  return {
      .key = kBlock.name,
      .symbol = "b",
      .values =
          "power of two in [2, chunk]; default half the chunk, at most 64 "
          "(neumann_masked_blockwise), 4 (block_nested) or 16; solve_unit: any size, default the "
          "chunk",
      .meaning = "edge of the diagonal blocks that are inverted first",
      .usual = std::move(usual),
      .range =
          [](int chunk, const ParameterValues&) {
            return ParameterRange{.low = 2, .high = chunk, .powers_of_two = true};
          },
      .candidates = block_candidates,
      .bounds_others = true};
}

Parameter block_parameter(int usual) {
  return block_parameter([usual](int chunk, const ParameterValues&) {
    const auto half = static_cast<unsigned>(std::max(2, chunk / 2));
    return std::min(usual, static_cast<int>(std::bit_floor(half)));
  });
}

}  // namespace tricycle
