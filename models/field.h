// SPDX-License-Identifier: Apache-2.0
//
// A configuration key: one row of models/config_fields.h or workloads/problem_fields.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace tricycle {

/// The unit of a value.  Numbers with a unit take a suffix in YAML ("1.37 GHz", "8 MiB", "100 ns",
/// "7 nm", "68 GB/s").
enum class Quantity : std::uint8_t {
  kCount,
  kCycles,
  kBytes,
  kBytesPerCycle,
  kFrequencyGhz,
  kTimeNs,
  kLengthNm,
  kBandwidthGbps
};

/// Pairs of text and enumerator of one configuration enum.
template <typename E>
struct EnumNames;

/// The text of an enumerator in YAML files and reports.
template <typename E>
constexpr std::string_view enum_name(E value) {
  for (const auto& [text, candidate] : EnumNames<E>::kValues)
    if (candidate == value) return text;
  return "";
}

struct Field {
  std::string_view key;  // last component of the dotted key
  Quantity quantity = Quantity::kCount;
  double minimum = 0, maximum = 0;
  bool required = false;  // false: the member's initial value is the default
  std::string_view meaning;
};

/// The key `clock` of a unit that can have its own clock: systolic array, vector unit, solve unit,
/// DMA.
inline constexpr Field kUnitClock{
    .key = "clock",
    .quantity = Quantity::kFrequencyGhz,
    .minimum = 0,
    .maximum = 10,
    .required = false,
    .meaning = "clock of the unit, whose cycles its keys count; 0: clock"};

}  // namespace tricycle
