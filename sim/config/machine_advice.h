// SPDX-License-Identifier: Apache-2.0
//
// Advice on a user's machine that was derived from another: what is valid, but perhaps not
// intended.
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/sources.h"

namespace tricycle {

/// Limits of what a chip can be.  A figure of the cost model above them gets a remark.
/// A die is no larger than the field of a lithography scanner, 26 mm x 33 mm (ASML, NXT and NXE).
inline constexpr double kLargestDieMm2 = 858;
/// Assumed limit for an array at its peak with its memories.  Chips are cooled at about 1 W/mm2 (an
/// H100: 700 W on 814 mm2), and their arrays are hotter than their average.  Shipped machines have
/// up to 1.8.
inline constexpr double kHottestWPerMm2 = 3;
/// Assumed: 1 kW per die, above an H100's 700 W.
inline constexpr double kMostWatts = 1000;

struct Advice {
  std::string key;   // dotted key of the machine
  std::string text;  // one line: what is odd, and what would not be odd
};

/// Advice on a machine, from its values and what is known of its keys (machine_keys()).  A resolved
/// run has no sources: it passes no keys, and gets no advice on premises and defaults.  There is
/// advice on:
///   - a derived value (`# derived from KEY: ..`) whose KEY has another value here than where the
///     value was derived;
///   - what no file states and is slow by its default;
///   - too few requests in flight to fill the DRAM's bandwidth (Little's law);
///   - paths, scratchpad and accumulators that are too small for the array, unless they were
///     stated, with a source, where the array needed as much;
///   - an area or a power that no chip has.
std::vector<Advice> machine_advice(const HwConfig& hw, const std::vector<MachineKey>& keys);

/// GB/s that the DMA's requests in flight can achieve: cores x queues x requests_in_flight x
/// request / dram.latency.  Infinite without latency.
double requested_gbps(const HwConfig& hw);

/// Nominal watts of the array at its peak in a format, and leakage.  Precondition:
/// hw.cost_model.present, and the machine has the format.
double peak_watts(const HwConfig& hw, Format format);

/// What the array reads and writes at its peak in a format, in bytes per cycle of the machine.
struct ArrayRates {
  double operands = 0;  // of the operand that streams
  /// In the accumulators' width.  Where outputs stay: as they are shifted out.
  double sums = 0;
};
ArrayRates array_rates(const HwConfig& hw, Format format);

/// Bytes per cycle that all banks of the scratchpad serve together.
double scratchpad_rate(const HwConfig& hw);

}  // namespace tricycle
