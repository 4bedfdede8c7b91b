// SPDX-License-Identifier: Apache-2.0
#include "models/timing/solve.h"

#include <algorithm>

#include "models/timing/instruction_timing.h"

namespace tricycle {

SolveTiming solve_timing(const SolveUnitConfig& unit, std::int64_t n, std::int64_t columns,
                         bool inverse) {
  const std::int64_t m = columns + (inverse ? 1 : 0);
  return {std::max(m, n + m - 2),
          (n - 1) * (unit.pe_latency + unit.boundary_latency) + unit.boundary_latency + m - 1};
}

InstructionTiming timing(const Solve& op, const TimingInputs& in) {
  const SolveUnitConfig& unit = in.hw.solve_unit;
  const SolveTiming array = solve_timing(unit, op.n(), op.linear_cols(), op.inverse);
  InstructionTiming t;
  t.busy = machine_cycles(in.hw, unit.clock_ghz, array.occupancy_cycles);
  t.pipeline = machine_cycles(in.hw, unit.clock_ghz, array.latency_cycles) - t.busy;
  return t;
}

}  // namespace tricycle
