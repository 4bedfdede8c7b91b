// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sim/sweep/grid.h"
#include "sim/sweep/pool.h"
#include "sim/sweep/store.h"

namespace tricycle {

/// What meta says of a sweep over a grid: everything its rows depend on.  Reads the grid's files.
StoreMeta sweep_meta(const Grid& grid, std::uint64_t points);

struct SweepCounts {
  std::uint64_t points = 0;            // of the shard
  std::uint64_t there = 0;             // before
  std::uint64_t done = 0, failed = 0;  // now
  double seconds = 0;
};

/// Runs the points of the shard that the store does not have and writes their rows.
SweepCounts sweep(const Points& points, Store& store, const Shard& shard, const PoolLimits& limits);

}  // namespace tricycle
