// SPDX-License-Identifier: Apache-2.0
//
// What a configuration key is: a row of models/config_fields.h or workloads/problem_fields.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace tricycle {

/// Unit a value carries: numbers with a unit take a suffix in YAML ("1.37 GHz", "8 MiB", "100 ns",
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

/// Text and enumerator pairs of one configuration enum.
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

/// Of an array, a vector unit, a DMA.
inline constexpr Field kUnitClock{
    .key = "clock",
    .quantity = Quantity::kFrequencyGhz,
    .minimum = 0,
    .maximum = 10,
    .required = false,
    .meaning = "clock of the unit, whose cycles its keys count; 0: clock"};

}  // namespace tricycle
