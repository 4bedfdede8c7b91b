// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>

namespace tricycle {

// One cycle is one nanosecond of simulated time, whatever the machine's clock.  SystemC's
// resolution is one picosecond.
inline constexpr std::int64_t kTicksPerCycle = 1000;

/// The current cycle of the simulation.
inline std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value()) / kTicksPerCycle;
}

inline sc_core::sc_time duration(std::int64_t cycles) {
  return sc_core::sc_time::from_value(static_cast<std::uint64_t>(cycles * kTicksPerCycle));
}

/// The time from the start of a cycle to its clock edge.  What starts in a cycle is seen by the
/// edge that ends the cycle.  What that edge produces is there when the next cycle starts.
inline sc_core::sc_time until_edge() { return sc_core::sc_time::from_value(kTicksPerCycle / 2); }

}  // namespace tricycle
