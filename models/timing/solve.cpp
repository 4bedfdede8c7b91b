// SPDX-License-Identifier: Apache-2.0
#include "models/timing/solve.h"

#include <algorithm>

namespace tricycle {

SolveTiming solve_timing(const SolveUnitConfig& unit, std::int64_t n, std::int64_t columns,
                         bool inverse) {
  const std::int64_t m = columns + (inverse ? 1 : 0);
  return {std::max(m, n + m - 2),
          (n - 1) * (unit.pe_latency + unit.boundary_latency) + unit.boundary_latency + m - 1};
}

InstructionTiming instruction_timing(const HwConfig& hw, const SolveTiming& array) {
  const double clock = hw.solve_unit.clock_ghz;
  InstructionTiming t;
  t.busy = machine_cycles(hw, clock, array.occupancy_cycles);
  t.pipeline = machine_cycles(hw, clock, array.latency_cycles) - t.busy;
  return t;
}

InstructionTiming timing(const Solve& op, const TimingInputs& in) {
  return instruction_timing(in.hw,
                            solve_timing(in.hw.solve_unit, op.n(), op.linear_cols(), op.inverse));
}

}  // namespace tricycle
