// SPDX-License-Identifier: Apache-2.0
#include "models/timing/instruction_timing.h"

#include <type_traits>
#include <variant>

namespace tricycle {

namespace {

InstructionTiming transfer(const Region& dram, const TimingInputs& in) {
  InstructionTiming t;
  t.transfer = transfer_timing(in.hw, in.program, dram);
  t.runs = dram_runs(in.program, dram);
  t.dram_ready = t.transfer.startup_cycles + t.transfer.latency_cycles;
  t.busy = t.dram_ready + t.transfer.window_cycles;
  return t;
}

InstructionTiming timing(const Instruction& instruction, const TimingInputs& in) {
  return std::visit(
      [&](const auto& op) {
        if constexpr (std::decay_t<decltype(op)>::kUnit == Unit::kVector) {
          InstructionTiming t;
          t.vector = vector_timing(in.hw, in.program, instruction);
          t.busy = t.vector.busy_cycles;
          return t;
        } else {
          return tricycle::timing(op, in);
        }
      },
      instruction.operation);
}

}  // namespace

InstructionTiming timing(const Load& op, const TimingInputs& in) { return transfer(op.from, in); }
InstructionTiming timing(const Store&, const TimingInputs& in) { return transfer(in.dst, in); }

InstructionTiming timing(const Matmul& op, const TimingInputs& in) {
  const ArrayTiming array = matmul_timing(in.hw, in.program, op);
  InstructionTiming t;
  t.busy = array.occupancy_cycles;
  t.pipeline = array.latency_cycles - array.occupancy_cycles;
  t.is_product = true;
  t.mapped = array.mapped;
  t.loads = operand_loads(in.hw, in.program, op);
  return t;
}

InstructionTiming timing(const ReadOut&, const TimingInputs& in) {
  const PathUse path = read_out_timing(in.hw, in.program, in.dst);
  InstructionTiming t;
  t.busy = path.channel_cycles;
  t.pipeline = path.latency_cycles;
  return t;
}

std::vector<InstructionTiming> instruction_timings(const Program& program, const HwConfig& hw) {
  std::vector<InstructionTiming> timings;
  timings.reserve(program.instructions.size());
  for (const Instruction& in : program.instructions)
    timings.push_back(timing(in, TimingInputs{program, hw, in.dst}));
  return timings;
}

}  // namespace tricycle
