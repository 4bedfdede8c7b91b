// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// The banked scratchpad, shared by all units.  A bank serves `ports` accesses a cycle.  An
/// instruction makes its accesses at an even pace; where a bank is left less than that by those
/// already running, it goes on at the pace the most crowded of its banks allows, and takes longer.
class Scratchpad {
 public:
  Scratchpad(const HwConfig& hw, const Program& program, std::size_t slots);

  /// Cycles its busiest bank is occupied by one item, averaged over the slots: no run spends fewer
  /// an item.
  double bank_cycles_per_item() const;
  /// Cycles an instruction takes at the least, alone: its accesses of its busiest bank.
  std::int64_t least_cycles(std::uint32_t instruction) const;

  struct Delay {
    std::int64_t bandwidth_cycles = 0;  // its own accesses exceed what the banks serve
    std::int64_t conflict_cycles = 0;   // other units' accesses come on top
  };
  /// Registers an instruction that starts at `now` and would take `occupancy` cycles alone, and
  /// returns how much longer it takes.
  Delay begin(std::size_t slot, std::uint32_t instruction, std::int64_t now,
              std::int64_t occupancy);

 private:
  /// From the segment before it to `until`, this part of all accesses a cycle.
  struct Segment {
    double until = 0, pace = 0;
  };
  struct Running {
    std::int64_t end;
    std::uint32_t instruction;
    std::size_t first_bank;  // rotation of the slot
    double fastest;          // pace of its fastest segment
    Segment first;
    std::vector<Segment> rest;  // where others were in the way
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
  std::vector<std::int64_t> counts_;     // per bank, of the instruction being counted
  std::vector<float> accesses_;          // per instruction and bank, for slot 0
  std::vector<double> peak_;             // per instruction: accesses of its busiest bank
  std::vector<std::size_t> first_bank_;  // per slot
  std::vector<Running> running_;
  std::vector<double> others_;  // per bank: accesses of the running instructions in a cycle
};

}  // namespace tricycle
