// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// The banked scratchpad, which all units share.  A bank serves `ports` accesses per cycle.  An
/// instruction makes its accesses at an even pace.  Where the running instructions leave a bank too
/// little for that pace, the instruction slows down and takes longer.  Its pace is then what the
/// most crowded of its banks allows.
class Scratchpad {
 public:
  Scratchpad(const HwConfig& hw, const Program& program, std::size_t slots);

  /// Cycles in which one item occupies its busiest bank, averaged over the slots.  No run takes
  /// fewer cycles per item.
  double bank_cycles_per_item() const;
  /// The fewest cycles an instruction can take, when it runs alone: the accesses to its busiest
  /// bank.
  std::int64_t least_cycles(std::uint32_t instruction) const;

  struct Delay {
    /// The instruction's own accesses exceed what the banks serve
    std::int64_t bandwidth_cycles = 0;
    std::int64_t conflict_cycles = 0;  // accesses of other units come on top
  };
  /// Registers an instruction that starts at `now` and would take `occupancy` cycles alone.
  /// Returns how much longer it takes.
  Delay begin(std::size_t slot, std::uint32_t instruction, std::int64_t now,
              std::int64_t occupancy);

 private:
  /// From the end of the segment before it to `until`, this fraction of all accesses is made per
  /// cycle.
  struct Segment {
    double until = 0, pace = 0;
  };
  struct Running {
    std::int64_t end;
    std::uint32_t instruction;
    std::size_t first_bank;  // rotation of the banks for its slot
    double fastest;          // pace of its fastest segment
    Segment first;
    std::vector<Segment> rest;  // where other instructions slow it down
  };
  void count(const Instruction& in, float* accesses);
  void count(const Region& r, std::int64_t times);
  void count_run(std::int64_t begin, std::int64_t end, std::int64_t times);
  bool may_be_short(std::uint32_t instruction, double pace) const;
  double demand_others(double at);
  double pace_left(std::size_t first_bank, std::uint32_t instruction, double most) const;
  double run_segments(Running& newcomer, std::int64_t now, double pace);
  const float* accesses(std::uint32_t instruction) const {
    return &accesses_[instruction * bank_count_];
  }

  const HwConfig& hw_;
  const Program& program_;
  std::size_t bank_count_;
  std::vector<std::int64_t> counts_;     // per bank, of the instruction that is being counted
  std::vector<float> accesses_;          // per instruction and bank, for slot 0
  std::vector<double> peak_;             // per instruction: accesses to its busiest bank
  std::vector<std::size_t> first_bank_;  // per slot
  std::vector<Running> running_;
  std::vector<double> others_;  // per bank: accesses of the running instructions per cycle
};

}  // namespace tricycle
