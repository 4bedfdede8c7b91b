// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/sweep/grid.h"
#include "sim/sweep/pool.h"
#include "sim/sweep/source_files.h"
#include "sim/sweep/store.h"

namespace tricycle {

/// What meta says of a sweep over a grid: everything its rows depend on, files and program.
StoreMeta sweep_meta(const Points& points, const SourceFiles& sources, std::uint64_t count);

struct SweepCounts {
  std::uint64_t points = 0;                          // of the shard
  std::uint64_t there = 0;                           // before
  std::uint64_t done = 0, failed = 0;                // now
  std::map<std::string, std::uint64_t> interrupted;  // how a process was ended: points without row
  int signal = 0;                                    // that stopped the sweep; 0: none
  double seconds = 0;
};

/// Says of a row a store has whether it is one of these points; what is wrong, empty: nothing.
SweepStore::CheckRow row_of(const Points& points);

/// Runs the points of the shard that the store does not have and writes their rows.  Points whose
/// process was ended from outside (killed, out of the host's memory) are tried again, then left
/// out: the next sweep tries them.  Throws RunError: a source file was changed meanwhile, the disk
/// is full; rows that were written stay.
SweepCounts sweep(const Points& points, const SourceFiles& sources, SweepStore& store,
                  const Shard& shard, const PoolLimits& limits);

}  // namespace tricycle
