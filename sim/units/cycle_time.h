// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>

namespace tricycle {

// One cycle is one nanosecond of simulated time, whatever the machine's clock: SystemC's resolution
// is a picosecond.
inline constexpr std::int64_t kTicksPerCycle = 1000;

/// The cycle the simulation is in.
inline std::int64_t now_cycles() {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value()) / kTicksPerCycle;
}

inline sc_core::sc_time duration(std::int64_t cycles) {
  return sc_core::sc_time::from_value(static_cast<std::uint64_t>(cycles * kTicksPerCycle));
}

/// From the start of a cycle to its clock edge: what starts in a cycle is seen by the edge that
/// ends it, and what that edge makes is there when the next cycle starts.
inline sc_core::sc_time until_edge() { return sc_core::sc_time::from_value(kTicksPerCycle / 2); }

}  // namespace tricycle
