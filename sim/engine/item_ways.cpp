// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/item_ways.h"

#include "models/isa/way.h"

namespace tricycle {

ItemWays ways_of(const HwConfig& hw, const PreparedProblem& problem, const Program& program) {
  return ways_of(hw, program, static_cast<std::int64_t>(problem.chunks.size()),
                 [&](std::int64_t item, MachineState& state) {
                   write_input(program, program.inputs[0],
                               problem.chunks[static_cast<std::size_t>(item)].a, state);
                 });
}

ItemWays in_lockstep(const Program& program, const ItemWays& ways,
                     const std::vector<std::vector<std::size_t>>& groups) {
  std::vector<std::int64_t> products;
  for (const Way& way : ways.ways) products.push_back(products_on(program, way));
  ItemWays grouped = ways;
  for (const std::vector<std::size_t>& group : groups) {
    std::uint32_t longest = ways.of_item[group.front()];
    for (const std::size_t item : group)
      if (products[ways.of_item[item]] > products[longest]) longest = ways.of_item[item];
    for (const std::size_t item : group) grouped.of_item[item] = longest;
  }
  return grouped;
}

}  // namespace tricycle
