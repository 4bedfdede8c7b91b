// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <systemc>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/semantics/execute.h"
#include "models/timing/instruction_timing.h"
#include "sim/units/dram.h"
#include "sim/units/npu.h"
#include "sim/units/operand_path.h"
#include "sim/units/paths.h"
#include "sim/units/pe_unit.h"
#include "sim/units/run_observer.h"
#include "sim/units/scoreboard.h"
#include "sim/units/scratchpad.h"
#include "sim/units/slot_values.h"

namespace tricycle {

/// What all servers of one core share.
struct CoreParts {
  const Program& program;
  const HwConfig& hw;
  const std::vector<InstructionTiming>& timings;  // of the program's instructions
  Scoreboard& scoreboard;
  Scratchpad& scratchpad;
  Paths& paths;
  OperandPath& operand_path;
  Dram& dram;  // shared by all cores
  SlotValues& values;
  PeUnit* pe;             // null: products take the cycles that the formulas give
  RunObserver* observer;  // null: nobody watches
};

/// One server of a unit: the array, one vector unit or one DMA queue.  It reads the operands when
/// the sequencer starts an instruction, lets the instruction's cycles pass, writes the result and
/// posts its token.  It accounts for every cycle as busy, stalled with a cause, or idle.
class UnitServer : public sc_core::sc_module {
 public:
  UnitServer(const sc_core::sc_module_name& name, ServerId id, const CoreParts& core);

  Unit unit() const { return id_.unit; }
  bool free() const { return !executing_; }
  /// Takes the instruction now.  Precondition: free(), and the instruction is ready.
  void start(const Pick& pick);
  /// The cycle in which complete() is due.  kNever while nothing executes, and where the array
  /// itself reports when a product is done.
  std::int64_t done_at() const { return done_at_; }
  /// Completes the instruction now.
  void complete();
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  /// The cycles of this server; the rest of the run counts as idle.  Called once, after the run.
  UnitCycles account_until(std::int64_t total_cycles);

 private:
  /// Cycles that delay an instruction between the cycle in which it was taken and its begin.
  struct Held {
    std::int64_t issue, dram, path;
    Scratchpad::Delay scratchpad;
  };
  template <typename Sink>
  void for_each_stall(const Held& held, Sink&& sink) const;
  /// Whether the array itself reports when the instruction is done.
  bool steps_registers(const InstructionTiming& timing) const {
    return timing.is_product && core_.pe != nullptr;
  }
  void stall(StallCause cause, std::int64_t cycles) {
    cycles_.stalled[static_cast<std::size_t>(cause)] += cycles;
  }
  void observe_stall(StallCause cause, std::int64_t begin, std::int64_t cycles) const;
  void observe_execution() const;

  ServerId id_;
  CoreParts core_;
  bool executing_ = false;
  Pick pick_;                       // the instruction executing
  PendingWrite result_;             // the result of that instruction
  std::int64_t started_ = 0;        // cycle in which the unit took it
  std::int64_t begin_ = 0;          // cycle in which the unit began to work on it
  std::int64_t channel_begin_ = 0;  // transfers: cycle in which its bytes enter the DRAM's channel
  std::int64_t channel_cycles_ = 0;
  UnitCycles cycles_;
  std::int64_t free_at_;  // cycle in which the last instruction was done
  std::int64_t done_at_ = kNever;
  sc_core::sc_event done_;  // notified by the array that is simulated register by register
};

}  // namespace tricycle
