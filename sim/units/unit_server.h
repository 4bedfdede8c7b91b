// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/semantics/execute.h"
#include "sim/units/dram.h"
#include "sim/units/instruction_costs.h"
#include "sim/units/npu.h"
#include "sim/units/pe_unit.h"
#include "sim/units/scoreboard.h"
#include "sim/units/scratchpad.h"
#include "sim/units/slot_values.h"

namespace tricycle {

/// What the units of one machine share.
struct Npu {
  const Program& program;
  const HwConfig& hw;
  const std::vector<InstructionCost>& costs;  // of the program's instructions
  Scoreboard& scoreboard;
  Scratchpad& scratchpad;
  Dram& dram;
  SlotValues& values;
  PeUnit* pe;  // null: products take the cycles of the formulas
};

/// One server of a unit (the array, one vector unit, one DMA queue): reads operands when the
/// sequencer starts an instruction, lets its cycles pass, writes the result, posts its token. Every
/// cycle is accounted as busy, stalled with a cause, or idle.
class UnitServer : public sc_core::sc_module {
 public:
  UnitServer(const sc_core::sc_module_name& name, Unit unit, const Npu& npu);

  Unit unit() const { return unit_; }
  bool free() const { return !executing_; }
  /// Takes the instruction now.  Precondition: free(), and the instruction is ready.
  void start(const Pick& pick);
  /// The account of this server with the rest of the run as idle.
  UnitCycles account_until(std::int64_t total_cycles) const;

 private:
  void account_wait(std::int64_t now);
  void complete();
  void stall(StallCause cause, std::int64_t cycles) {
    cycles_.stalled[static_cast<std::size_t>(cause)] += cycles;
  }

  Unit unit_;
  Npu npu_;
  bool executing_ = false;
  Pick pick_;               // the instruction executing
  PendingWrite result_;     // .. and its result
  std::int64_t begin_ = 0;  // cycle the unit itself began to work on it
  UnitCycles cycles_;
  std::int64_t free_at_;  // cycle the last instruction was done
  sc_core::sc_event done_;
};

}  // namespace tricycle
