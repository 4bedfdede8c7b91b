// SPDX-License-Identifier: Apache-2.0
//
// What a run needs of the machine: each can be what bounds it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tricycle {

enum class Resource : std::uint8_t {
  kMatrix,           // the array
  kVector,           // vector units
  kDma,              // DMA queues
  kDram,             // the DRAM's channel: bandwidth
  kScratchpad,       // the scratchpad's busiest bank
  kAccumulatorPath,  // topology.accumulator_to_vector
  kMatrixPath,       // topology.vector_to_matrix
  kReadOut,          // topology.accumulator_to_scratchpad: its unit
  kOperandPath,      // topology.scratchpad_to_matrix
  kDependency,       // an item's instructions one behind the other / items in flight
};
inline constexpr int kResourceCount = 10;
inline constexpr std::array<std::string_view, kResourceCount> kResourceNames{
    "matrix",
    "vector",
    "dma",
    "dram",
    "scratchpad",
    "accumulator_to_vector",
    "vector_to_matrix",
    "read_out",
    "scratchpad_to_matrix",
    "dependency"};

/// Cycles an item takes at the least of many that follow each other, by resource, if that resource
/// alone counted; 0 where the machine does not have it.
using ResourceCycles = std::array<double, kResourceCount>;

}  // namespace tricycle
