// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/semantics/execute.h"
#include "sim/units/run_observer.h"

namespace tricycle {

/// Reads and writes the values of items.  `load` fills the inputs of a fresh state; `store`
/// receives the finished state.
struct ItemIo {
  std::function<void(std::int64_t item, MachineState& state)> load;
  std::function<void(std::int64_t item, const MachineState& state)> store;
};

/// Runs the program for `items` items on the machine, in a SystemC kernel of its own.  Without `io`
/// it simulates time only.  Values never depend on time; time depends on values only through the
/// ways of Program::items, which are found from the values where they are not given.  `observer`,
/// if any, is told what happens.  Throws RunError on a deadlock; the message says which unit waits
/// for which token.  Throws InternalError where a figure cannot be (reports/invariants.h): every
/// command's simulations end here.  Throws InputError where the array cannot be simulated at that
/// fidelity.
SimulationResult simulate(const Program& program, const HwConfig& hw, std::int64_t items,
                          const ItemIo* io, Fidelity fidelity = Fidelity::kTile,
                          RunObserver* observer = nullptr);

/// Cycles of one item alone, from its first load to its last store, without the launch.
double cycles_alone(const Program& program, const HwConfig& hw);

/// The part of a run that is in steady state.  It counts in rounds; a round is as many items as are
/// in flight on all cores.  Four rounds fill the machine, ten are measured, and two drain it.
/// There are fewer rounds where more than 1024 items are in flight, since each round then has so
/// many items.  Where items take several ways, whole periods of their sequence are measured
/// instead, as many as ten rounds need.
class SteadyWindow {
 public:
  SteadyWindow(const Program& program, const HwConfig& hw);
  std::int64_t items() const;  // number of items that a run needs to have all of these rounds
  /// The measured rounds begin when begin() items have completed, and end when end() have.
  std::int64_t begin() const { return fill_ * slots_; }
  std::int64_t end() const { return begin() + measured_; }
  std::int64_t measured() const { return measured_; }
  /// Mean over the measured rounds.  `completions`: the cycles in which items completed, ascending.
  /// Items in flight when the window begins can cause an error (sim/engine/steady_state.h).
  double cycles_per_item(const std::vector<std::int64_t>& completions) const;

 private:
  std::int64_t slots_, fill_, drain_;  // fill, drain: rounds
  std::int64_t measured_;              // items
};

/// What was measured in the run of a SteadyWindow.
struct WindowRun {
  double cycles_per_item = 0;
  ByUnit<UnitCycles> units;  // from the start of the run to the end of the window
};
/// Runs as many items as the window needs.  Where an item takes more than `most` cycles, it stops
/// early and returns infinity.
WindowRun run_window(const Program& program, const HwConfig& hw, double most);

}  // namespace tricycle
