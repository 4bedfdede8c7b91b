// SPDX-License-Identifier: Apache-2.0
//
// The kinds of units that instructions run on.
#pragma once

#include <cstdint>
#include <string_view>

namespace tricycle {

struct HwConfig;

/// kReadOut: what moves sums from the accumulators straight to the scratchpad, where a machine has
/// such a path (topology.accumulator_to_scratchpad; Ascend's FIX pipe).
enum class Unit : std::uint8_t { kMatrix, kVector, kDma, kReadOut };
inline constexpr int kUnitCount = 4;
inline constexpr std::string_view kUnitNames[kUnitCount] = {"matrix", "vector", "dma", "read_out"};

/// Servers of a kind a core has; none of read_out where the machine has no such path.
std::int64_t servers_of(const HwConfig& hw, Unit unit);

}  // namespace tricycle
