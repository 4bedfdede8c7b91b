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

/// Values of the items: `load` fills the inputs of a fresh state, `store` takes the finished one.
struct ItemIo {
  std::function<void(std::int64_t item, MachineState& state)> load;
  std::function<void(std::int64_t item, const MachineState& state)> store;
};

/// Runs the program for `items` items on the machine, in a SystemC kernel of its own.  Without `io`
/// only time passes (values never depend on time, nor time on values).  Throws RunError when
/// nothing moves any more: which unit waits for which token; InputError where the array cannot be
/// simulated at that fidelity.  `observer`, if any, is told what
/// happens.
SimulationResult simulate(const Program& program, const HwConfig& hw, std::int64_t items,
                          const ItemIo* io, Fidelity fidelity = Fidelity::kTile,
                          RunObserver* observer = nullptr);

/// Cycles of one item alone, from its first load to its last store, launch apart.
double cycles_alone(const Program& program, const HwConfig& hw);

/// Where a run is in steady state: whole rounds of items in flight on all cores, after those that
/// fill the machine and before those that drain it: ten after four and before two.  Of more than
/// 1024 items in flight fewer, since each has so many items.
class SteadyWindow {
 public:
  SteadyWindow(const Program& program, const HwConfig& hw);
  std::int64_t items() const;  // that a run needs to have all of these rounds
  /// The rounds begin when so many items have completed, and end when so many have.
  std::int64_t begin() const { return fill_ * slots_; }
  std::int64_t end() const { return (fill_ + measured_) * slots_; }
  /// Mean over the rounds; `completions`: in which cycles items completed, ascending.  A window can
  /// err by what was in flight at its begin (sim/engine/steady_state.h).
  double cycles_per_item(const std::vector<std::int64_t>& completions) const;

 private:
  std::int64_t slots_, fill_, measured_, drain_;
};

/// What the run of a SteadyWindow measured.
struct WindowRun {
  double cycles_per_item = 0;
  ByUnit<UnitCycles> units;  // until the end of the window, its fill included
};
/// Runs as many items as the window needs.  Infinity, after part of the run, where an item takes
/// more than `most` cycles.
WindowRun run_window(const Program& program, const HwConfig& hw, double most);

}  // namespace tricycle
