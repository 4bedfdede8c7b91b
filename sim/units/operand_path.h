// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/timing/instruction_timing.h"
#include "sim/units/scoreboard.h"

namespace tricycle {

/// The path topology.scratchpad_to_matrix.  One queue loads the operands of products into `buffers`
/// buffers on each side of the array, in the order of the products.  It runs ahead of the array: a
/// load starts as soon as its operand is ready, the queue is free and a buffer is free.  The load
/// takes the least recently used buffer.  An operand that is still in a buffer is not loaded again.
class OperandPath {
 public:
  OperandPath(const Program& program, const HwConfig& hw,
              const std::vector<InstructionTiming>& timings);

  /// A product of an item that entered its slot at `item_start`.
  struct Work {
    std::size_t slot;
    std::int64_t item;
    std::uint32_t instruction;
    std::int64_t item_start;
  };
  /// Loads the operands of the product that is issued at cycle `issued`.  The product before it
  /// ended at `previous_end`.  Returns the cycles from `issued` until the product can begin.
  std::int64_t hold(const Work& work, std::int64_t issued, std::int64_t previous_end,
                    const Scoreboard& scoreboard);
  /// Cycles in which the queue was loading.
  std::int64_t occupied_cycles() const { return occupied_cycles_; }

 private:
  /// One buffer: the operand it holds, and the times of its use.
  struct Place {
    bool used = false;
    std::size_t slot = 0;
    std::int64_t item = 0;
    Region region;
    Mask mask;
    std::int64_t loaded = 0;     // cycle its load began
    std::int64_t last_use = -1;  // number of the last product that used it
  };
  struct Side {
    std::vector<Place> places;
    /// By instruction: the instructions that wrote what it reads.
    std::vector<std::vector<std::uint32_t>> producers;
  };
  struct Load {
    Side* side;
    const Region* region;
    const Mask* mask;
    std::int64_t cycles, ready;
  };
  std::int64_t ready(const Side& side, const Work& work, const Scoreboard& scoreboard) const;
  std::int64_t fetch(const Load& load, const Work& work, std::int64_t previous_end);

  const Program& program_;
  const std::vector<InstructionTiming>& timings_;
  bool present_;
  std::int64_t latency_cycles_;
  Side a_, b_;
  std::int64_t free_ = 0;  // cycle in which the queue has finished all loads
  std::int64_t occupied_cycles_ = 0;
  std::int64_t products_ = 0;
  std::int64_t previous_begin_ = 0;  // begin of the previous product
};

}  // namespace tricycle
