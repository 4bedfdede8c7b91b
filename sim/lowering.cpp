// SPDX-License-Identifier: Apache-2.0
#include "sim/lowering.h"

#include <utility>

#include "models/error.h"
#include "sim/units/npu.h"
#include "workloads/tiling.h"

namespace tricycle {

Program lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
                      Format format, const HwConfig& hw) {
  check_format(hw, format);
  Program best;
  double best_cycles = 0;
  for (int edge : tile_edges(hw, format, chunk)) {
    Program candidate = lower(algorithm, parameters, chunk, format, hw, edge);
    const double cycles = steady_cycles_per_item(candidate, hw);
    const bool better =
        best.instructions.empty() || cycles < best_cycles ||
        (cycles == best_cycles && candidate.instructions.size() < best.instructions.size());
    if (!better) continue;
    best = std::move(candidate);
    best_cycles = cycles;
  }
  return best;
}

}  // namespace tricycle
