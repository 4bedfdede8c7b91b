// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

// Clocks are decimals that a double holds only approximately.  In whole hertz their ratio is exact,
// so a count that divides evenly is not rounded up by one.
std::int64_t hertz(double ghz) { return std::llround(ghz * 1e9); }

__extension__ using Wide = unsigned __int128;

}  // namespace

bool in_own_domain(const HwConfig& hw, double unit_clock_ghz) {
  return hertz(hw.clock_of_unit(unit_clock_ghz)) != hertz(hw.clock_ghz);
}

std::int64_t machine_cycles(const HwConfig& hw, double unit_clock_ghz, std::int64_t cycles) {
  if (!in_own_domain(hw, unit_clock_ghz)) return cycles;
  const auto unit = static_cast<Wide>(hertz(unit_clock_ghz));
  const Wide product = static_cast<Wide>(cycles) * static_cast<Wide>(hertz(hw.clock_ghz));
  return static_cast<std::int64_t>((product + unit - 1) / unit);
}

}  // namespace tricycle
