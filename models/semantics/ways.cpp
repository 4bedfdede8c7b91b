// SPDX-License-Identifier: Apache-2.0
#include "models/semantics/ways.h"

namespace tricycle {

ItemWays ways_of(const HwConfig& hw, const Program& program, std::int64_t items,
                 const LoadItem& load) {
  std::vector<Way> of_item;
  for (std::int64_t item = 0; item < items; ++item) {
    MachineState state = make_state(program);
    load(item, state);
    of_item.push_back(interpret(program, hw, state));
  }
  return as_item_ways(of_item);
}

}  // namespace tricycle
