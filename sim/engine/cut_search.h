// SPDX-License-Identifier: Apache-2.0
//
// The best of several programs for the same work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"

namespace tricycle {

/// Programs whose cycles differ by no more than this part of the fastest count as equally fast.
inline constexpr double kTiedCycles = 0.02;

/// One way to cut the work, and its name: "tile 16 group 4".
struct CutProgram {
  Program program;
  std::string cut;
};

/// A program, what an item of it costs when many follow each other, and the shortest time one item
/// alone takes, by whichever of the programs is best for that.
struct TimedProgram {
  Program program;
  std::string cut;
  double cycles_per_item = 0;  // that of `steady`
  SteadyState steady;
  std::int64_t shortest_latency_cycles = 0;
  std::string shortest_latency_cut;
};

/// Every program with every number of items in flight that the machine allows (above 16 not every
/// one, and no more than 8192 on all cores) is a choice, simulated unless a bound tells that it
/// cannot be the one.  Of those within kTiedCycles of the fastest the one with the least energy is
/// taken (machines without a cost model: with the fewest multiply-accumulates), then the shortest
/// latency, the fewest cycles, the fewest instructions, the fewest in flight, the first.
/// Precondition: there is a program.
TimedProgram best_cut(std::vector<CutProgram> programs, const HwConfig& hw);

}  // namespace tricycle
