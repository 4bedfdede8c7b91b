// SPDX-License-Identifier: Apache-2.0
//
// Finds the best of several programs that do the same work.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "workloads/cut.h"

namespace tricycle {

/// Programs count as equally fast where their cycles differ by no more than this part of the
/// fastest.
inline constexpr double kTiedCycles = 0.02;

/// One way to cut (tile) the work, and its name: "tile 16 group 4".
struct CutProgram {
  Program program;
  std::string cut;
  LinearTerms linear_terms = LinearTerms::kVector;
};

/// The chosen program and what one item of it costs when many follow each other.  The shortest
/// latency is the least time that one item alone takes, in whichever of the programs is fastest for
/// that.
struct TimedProgram {
  Program program;
  std::string cut;
  LinearTerms linear_terms = LinearTerms::kVector;
  double cycles_per_item = 0;  // the same as in `steady`
  SteadyState steady;
  std::int64_t shortest_latency_cycles = 0;
  std::string shortest_latency_cut;
};

/// Chooses a program and a number of items in flight.  Every program is tried with every number
/// that the machine allows; above 16 not every number is tried, and no more than 8192 items on all
/// cores.  Each choice is simulated unless a bound shows that it cannot win.
///
/// Of the choices within kTiedCycles of the fastest, the one with the least energy wins.  On
/// machines without a cost model it is the one with the fewest multiply-accumulates.  Ties go to
/// the shortest latency, then the fewest cycles, the fewest instructions, the fewest in flight, the
/// first.  Precondition: there is a program.
TimedProgram best_cut(std::vector<CutProgram> programs, const HwConfig& hw);

}  // namespace tricycle
