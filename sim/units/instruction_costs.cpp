// SPDX-License-Identifier: Apache-2.0
#include "sim/units/instruction_costs.h"

#include "models/timing/timing.h"

namespace tricycle {

namespace {

InstructionCost cost_of(const Program& program, const HwConfig& hw, const Instruction& in) {
  InstructionCost cost;
  switch (in.unit()) {
    case Unit::kMatrix: {
      const ArrayTiming t = matmul_timing(hw, program, in);
      cost.busy = t.occupancy_cycles;
      cost.pipeline = t.latency_cycles - t.occupancy_cycles;
      cost.mapped = t.mapped;
      cost.loads = operand_loads(hw, program, in);
      return cost;
    }
    case Unit::kReadOut: {
      const PathUse path = read_out_timing(hw, program, in);
      cost.busy = path.channel_cycles;
      cost.pipeline = path.latency_cycles;
      return cost;
    }
    case Unit::kVector: {
      cost.vector = vector_timing(hw, program, in);
      cost.busy = cost.vector.busy_cycles;
      return cost;
    }
    case Unit::kDma: {
      cost.transfer = transfer_timing(hw, program, in);
      cost.runs = dram_runs(program, in);
      cost.dram_ready = cost.transfer.startup_cycles + cost.transfer.latency_cycles;
      cost.busy = cost.dram_ready + cost.transfer.window_cycles;
      return cost;
    }
  }
  return cost;
}

}  // namespace

std::int64_t servers_of(const HwConfig& hw, Unit unit) {
  switch (unit) {
    case Unit::kMatrix: return 1;
    case Unit::kVector: return hw.vector_unit.units;
    case Unit::kDma: return hw.dma.queues;
    case Unit::kReadOut: return hw.accumulator_to_scratchpad.present ? 1 : 0;
  }
  return 0;
}

std::vector<InstructionCost> instruction_costs(const Program& program, const HwConfig& hw) {
  std::vector<InstructionCost> costs;
  costs.reserve(program.instructions.size());
  for (const Instruction& in : program.instructions) costs.push_back(cost_of(program, hw, in));
  return costs;
}

}  // namespace tricycle
