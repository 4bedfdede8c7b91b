// SPDX-License-Identifier: Apache-2.0
//
// Which resource bounds a run: what each needs for a chunk at the least, and how far the run is
// from the most demanding one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/run_result.h"

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
  kDependency,       // latency of a chunk / chunks in flight
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

/// Cycles a chunk takes at the least, by resource, if that resource alone counted; 0 where the
/// machine does not have it:
///   units:      cycles its servers are taken by the work of a chunk (busy and issue) / servers of
///   all
///               cores;
///   dram:       cycles its transfers take the channel;
///   scratchpad: cycles the busiest bank serves its accesses / cores;
///   paths:      cycles its sums, and operands it makes, occupy the path / cores;
///   dependency: latency of one chunk alone / chunks in flight on all cores.
/// docs/output.md explains them.
std::array<double, kResourceCount> lower_bound_cycles(const RunResult& result);

struct Bottleneck {
  Resource resource;    // with the largest bound; of equal ones the first
  double bound_cycles;  // that bound, cycles a chunk
  double gap;           // measured cycles a chunk / bound - 1
};
Bottleneck bottleneck(const RunResult& result);

}  // namespace tricycle
