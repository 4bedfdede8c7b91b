// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tricycle {

/// Kinds of memory behind the DMA.
enum class DramType : std::uint8_t {
  kDdr3,
  kDdr4,
  kDdr5,
  kLpddr4,
  kLpddr5,
  kLpddr5x,
  kGddr6,
  kHbm2,
  kHbm2e,
  kHbm3
};
inline constexpr int kDramTypeCount = 10;
inline constexpr std::array<std::string_view, kDramTypeCount> kDramTypeNames{
    "ddr3", "ddr4", "ddr5", "lpddr4", "lpddr5", "lpddr5x", "gddr6", "hbm2", "hbm2e", "hbm3"};

}  // namespace tricycle
