// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/run_result.h"
#include "models/timing/instruction_timing.h"
#include "sim/units/dram.h"
#include "sim/units/item_pool.h"
#include "sim/units/npu.h"
#include "sim/units/operand_path.h"
#include "sim/units/paths.h"
#include "sim/units/pe_unit.h"
#include "sim/units/scoreboard.h"
#include "sim/units/scratchpad.h"
#include "sim/units/sequencer.h"
#include "sim/units/slot_values.h"
#include "sim/units/unit_server.h"

namespace tricycle {

/// What all cores of a machine share in a run.
struct MachineParts {
  const Program& program;
  const HwConfig& hw;
  const std::vector<InstructionTiming>& timings;  // of the program's instructions
  ItemPool& items;
  Dram& dram;
  sc_core::sc_event& progress;  // notified when something completed on some core
  const ItemIo* io;             // null: only time passes
  Fidelity fidelity;
  RunObserver* observer;  // null: nobody watches
};

/// One core: its array, vector units, DMA queues, memories, and the sequencer with its slots.
class Core {
 public:
  /// Takes the first items of its slots; a core may have none.
  Core(std::int32_t index, std::size_t slots, const MachineParts& machine);

  Scoreboard& scoreboard() { return scoreboard_; }
  const Scoreboard& scoreboard() const { return scoreboard_; }
  Sequencer& sequencer() { return sequencer_; }
  /// Whether the array is simulated register by register.  It then reports by itself when a product
  /// is done.
  bool steps_the_array() const { return pe_ != nullptr; }
  const SlotValues& values() const { return values_; }
  /// Completes every instruction that is due in cycle `now` or before.
  void complete_due(std::int64_t now);
  /// The cycle in which the next instruction ends; UnitServer::kNever where no such cycle is known.
  std::int64_t next_completion() const;
  /// Cycles in which topology.scratchpad_to_matrix was occupied.
  std::int64_t operand_cycles() const { return operand_path_.occupied_cycles(); }
  /// Adds the cycles of its servers to `units`.  Called once, after the run.
  void account_until(std::int64_t total_cycles, ByUnit<UnitCycles>& units) const;

 private:
  Scoreboard scoreboard_;
  Scratchpad scratchpad_;
  Paths paths_;
  OperandPath operand_path_;
  SlotValues values_;
  std::unique_ptr<PeUnit> pe_;
  std::vector<std::unique_ptr<UnitServer>> servers_;
  Sequencer sequencer_;
};

}  // namespace tricycle
