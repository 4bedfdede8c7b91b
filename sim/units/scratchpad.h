// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// The banked scratchpad, shared by all units.  An instruction spreads its accesses evenly over its
/// occupancy; a bank serves `ports` of them a cycle.  An instruction whose banks cannot serve it
/// beside those already running takes longer.
class Scratchpad {
 public:
  Scratchpad(const HwConfig& hw, const Program& program, std::size_t slots);

  struct Delay {
    std::int64_t bandwidth_cycles = 0;  // its own accesses exceed what the banks serve
    std::int64_t conflict_cycles = 0;   // other units' accesses come on top
  };
  /// Registers an instruction that starts at `now` and would take `occupancy` cycles alone, and
  /// returns how much longer it takes.
  Delay begin(std::size_t slot, std::uint32_t instruction, std::int64_t now,
              std::int64_t occupancy);

 private:
  using Accesses = std::vector<float>;  // per bank
  struct Running {
    std::int64_t begin, end;
    const Accesses* accesses;
    std::size_t first_bank;  // rotation of the slot
  };
  Accesses count(const Instruction& in) const;
  void count(const Region& r, Accesses& accesses) const;

  const HwConfig& hw_;
  const Program& program_;
  std::vector<Accesses> accesses_;       // per instruction, for slot 0
  std::vector<std::size_t> first_bank_;  // per slot
  std::vector<Running> running_;
};

}  // namespace tricycle
