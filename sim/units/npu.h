// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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

/// Rounds of items in flight over which steady-state figures are means.
inline constexpr std::int64_t kMeasuredRounds = 10;

/// Where a run is in steady state: ten whole rounds of items in flight on all cores, after four
/// that fill the machine and before two that drain it.
class SteadyWindow {
 public:
  SteadyWindow(const Program& program, const HwConfig& hw);
  std::int64_t items() const;  // that a run needs to have all of these rounds
  /// The ten rounds begin when so many items have completed, and end when so many have.
  std::int64_t begin() const { return kFill * slots_; }
  std::int64_t end() const { return (kFill + kMeasuredRounds) * slots_; }
  /// Mean over the ten rounds; `completions`: in which cycles items completed, ascending.
  double cycles_per_item(const std::vector<std::int64_t>& completions) const;

 private:
  static constexpr std::int64_t kFill = 4, kDrain = 2;
  std::int64_t slots_;
};

/// Cycles an item costs when many follow each other: those of a SteadyWindow.  It depends on
/// program and machine alone, not on how many items a problem has.  Infinity, after part of the
/// run, where they are more than `most`.
double steady_cycles_per_item(const Program& program, const HwConfig& hw,
                              double most = std::numeric_limits<double>::infinity());

}  // namespace tricycle
