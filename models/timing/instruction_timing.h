// SPDX-License-Identifier: Apache-2.0
//
// The cycles of every operation: timing() for each.
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/timing/timing.h"

namespace tricycle {

/// What the time of one instruction depends on beside its operands.
struct TimingInputs {
  const Program& program;
  const HwConfig& hw;
  const Region& dst;
};

/// Cycles of the machine's clock, and what the instruction asks of what it shares with others.
struct InstructionTiming {
  std::int64_t busy = 0;        // cycles its unit works
  std::int64_t pipeline = 0;    // cycles until the result has left the unit
  std::int64_t dram_ready = 0;  // transfers: cycles until the first byte wants the channel
  VectorTiming vector;
  bool is_product = false;  // of the array, whose operands may come by a path of their own
  OperandLoads loads;       // .. they take it
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
// Of the vector unit: vector_time() of models/timing/vector_time.h.

/// The timing of every instruction of the program, evaluated once: a run executes each of them for
/// every item.
std::vector<InstructionTiming> instruction_timings(const Program& program, const HwConfig& hw);

}  // namespace tricycle
