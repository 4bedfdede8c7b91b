// SPDX-License-Identifier: Apache-2.0
//
// What is right but perhaps not meant: a machine of one's own, derived from another.
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/sources.h"

namespace tricycle {

/// Ceilings of what a chip can be, beyond which a figure of the cost model is remarked on.
/// A die is no larger than the field of a lithography scanner, 26 mm x 33 mm (ASML, NXT and NXE).
inline constexpr double kLargestDieMm2 = 858;
/// Assumed, of an array at its peak with its memories: chips are cooled at about 1 W/mm2 (an H100:
/// 700 W on 814 mm2), and their arrays are hotter than their average; shipped machines have up
/// to 1.8.
inline constexpr double kHottestWPerMm2 = 3;
/// Assumed: 1 kW a die, above an H100's 700 W.
inline constexpr double kMostWatts = 1000;

struct Advice {
  std::string key;   // dotted, of the machine
  std::string text;  // one line: what is odd, and what would not be
};

/// Of a machine and what is known of its keys (machine_keys(); none: of a resolved run, which has
/// no sources, so that nothing is said of premises and defaults):
///   a derived value (`# derived from KEY: ..`) whose KEY has another value here than where it was
///   derived; what no file states and runs slowly by its default; requests in flight that cannot
///   fill the DRAM's bandwidth (Little's law); paths, scratchpad and accumulators too small for the
///   array, unless they were stated, with a source, where the array needed as much; an area or a
///   power no chip has.
std::vector<Advice> machine_advice(const HwConfig& hw, const std::vector<MachineKey>& keys);

/// GB/s that the DMA's requests in flight can have on their way: cores x queues x
/// requests_in_flight x request / dram.latency; infinite without latency.
double requested_gbps(const HwConfig& hw);

/// Nominal watts of the array at its peak in a format, and what leaks.  Precondition:
/// hw.cost_model.present, the machine has the format.
double peak_watts(const HwConfig& hw, Format format);

/// What the array takes and gives at its peak in a format, bytes a cycle of the machine.
struct ArrayRates {
  double operands = 0;  // of the operand that streams
  double sums = 0;      // of the accumulators' width; where outputs stay, as they are shifted out
};
ArrayRates array_rates(const HwConfig& hw, Format format);

/// Bytes a cycle all banks of the scratchpad serve.
double scratchpad_rate(const HwConfig& hw);

}  // namespace tricycle
