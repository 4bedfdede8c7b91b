// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/semantics/execute.h"
#include "sim/units/instruction_costs.h"
#include "sim/units/npu.h"
#include "sim/units/scoreboard.h"
#include "sim/units/scratchpad.h"

namespace tricycle {

/// The DRAM's channel: one transfer after the other.
struct Dram {
  std::int64_t channel_free = 0;  // cycle
  /// A transfer whose first byte is ready at `ready`: the cycle it starts.
  std::int64_t start(std::int64_t ready, std::int64_t channel_cycles) {
    const std::int64_t begin = std::max(ready, channel_free);
    channel_free = begin + channel_cycles;
    return begin;
  }
};

/// The values in every slot; does nothing in a timing-only run.
class SlotValues {
 public:
  SlotValues(const Program& program, const HwConfig& hw, const ItemIo* io, std::size_t slots);
  /// Reads the operands of an instruction as it starts ..
  bool present() const { return io_ != nullptr; }
  PendingWrite read(std::size_t slot, std::int64_t item, std::uint32_t instruction);
  /// .. writes its result as it completes ..
  void write(std::size_t slot, PendingWrite result);
  /// .. and hands the finished item over.
  void finish(std::size_t slot, std::int64_t item);

 private:
  const Program& program_;
  const HwConfig& hw_;
  const ItemIo* io_;
  std::vector<MachineState> states_;
  std::vector<std::int64_t> items_;
};

/// What the units of one machine share.
struct Npu {
  const Program& program;
  const HwConfig& hw;
  const std::vector<InstructionCost>& costs;  // of the program's instructions
  Scoreboard& scoreboard;
  Scratchpad& scratchpad;
  Dram& dram;
  SlotValues& values;
};

/// One server of a unit (the array, one vector unit, one DMA queue): takes an instruction, waits
/// for its tokens, reads, lets its cycles pass, writes, posts its token.  Every cycle is accounted
/// as busy, stalled with a cause, or idle.  A method process: a step costs a call, where a thread
/// costs two switches of stacks.
class UnitServer : public sc_core::sc_module {
 public:
  UnitServer(const sc_core::sc_module_name& name, Unit unit, const Npu& npu);

  Unit unit() const { return unit_; }
  /// The account of this server with the rest of the run as idle.
  UnitCycles account_until(std::int64_t total_cycles) const;

 private:
  enum class Phase : std::uint8_t { kReset, kLaunching, kSeeking, kIssuing, kExecuting };
  /// Runs when what the phase waits for has happened; ends with the next wait.
  void step();
  void launch();
  void seek();
  void look_again();
  void wait_for_progress();
  void execute();
  void complete();
  void wait_in(Phase phase, std::int64_t cycles);
  void account_wait();
  std::int64_t wait_for_dram(const InstructionCost& cost);
  void stall(StallCause cause, std::int64_t cycles) {
    cycles_.stalled[static_cast<std::size_t>(cause)] += cycles;
  }

  Unit unit_;
  Npu npu_;
  Phase phase_ = Phase::kReset;
  Pick pick_;            // the instruction taken, or looked at last
  PendingWrite result_;  // of the instruction executing
  UnitCycles cycles_;
  std::int64_t now_ = 0;           // cycle of this step
  std::int64_t free_at_ = 0;       // cycle the last instruction was done
  std::int64_t seen_changes_ = 0;  // Scoreboard::changes when pick_ was looked up
};

}  // namespace tricycle
