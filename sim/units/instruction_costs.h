// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/timing/timing.h"

namespace tricycle {

/// The formulas of models/timing for one instruction.
struct InstructionCost {
  std::int64_t busy = 0;        // cycles its unit works
  std::int64_t pipeline = 0;    // cycles until the result has left the unit
  std::int64_t dram_ready = 0;  // transfers: cycles until the first byte wants the channel
  VectorTiming vector;
  OperandLoads loads;  // products
  TransferTiming transfer;
  DramRuns runs;
  double mapped = 0;  // products: PEs holding data / PEs
};

/// Servers of a kind a core has; none of read_out where the machine has no such path.
std::int64_t servers_of(const HwConfig& hw, Unit unit);

/// The cost of every instruction of the program, evaluated once: a run executes each of them for
/// every item.
std::vector<InstructionCost> instruction_costs(const Program& program, const HwConfig& hw);

}  // namespace tricycle
