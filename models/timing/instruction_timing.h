// SPDX-License-Identifier: Apache-2.0
//
// The cycles of every operation: one overload of timing() each.
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/timing/timing.h"

namespace tricycle {

/// Everything the time of one instruction depends on, apart from its operands.
struct TimingInputs {
  const Program& program;
  const HwConfig& hw;
  const Region& dst;
};

/// Cycles of the machine's clock, and the instruction's use of the resources that it shares with
/// others.
struct InstructionTiming {
  std::int64_t busy = 0;        // cycles in which its unit works
  std::int64_t pipeline = 0;    // cycles until the result has left the unit
  std::int64_t dram_ready = 0;  // transfers: cycles until the first byte needs the DRAM channel
  VectorTiming vector;
  // A product of the array.  Its operands may use a path of their own.
  bool is_product = false;
  OperandLoads loads;  // products: their use of that path
  TransferTiming transfer;
  DramRuns runs;
  double mapped = 0;  // products: PEs holding data / PEs

  bool is_transfer() const { return transfer.bytes > 0; }
};

InstructionTiming timing(const Load& op, const TimingInputs& in);
InstructionTiming timing(const Store& op, const TimingInputs& in);
InstructionTiming timing(const Matmul& op, const TimingInputs& in);
InstructionTiming timing(const ReadOut& op, const TimingInputs& in);
InstructionTiming timing(const Solve& op, const TimingInputs& in);
// The instructions of the vector unit have vector_time() of models/timing/vector_time.h.

/// The timing of every instruction of the program.  It is evaluated once, because a run executes
/// each instruction for every item.
std::vector<InstructionTiming> instruction_timings(const Program& program, const HwConfig& hw);

}  // namespace tricycle
