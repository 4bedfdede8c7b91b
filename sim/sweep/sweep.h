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

/// The meta of a sweep over a grid: everything that its rows depend on, files and program.
StoreMeta sweep_meta(const Points& points, const SourceFiles& sources, std::uint64_t count);

struct SweepCounts {
  std::uint64_t points = 0;            // in the shard
  std::uint64_t there = 0;             // in the store before the sweep
  std::uint64_t done = 0, failed = 0;  // in this sweep
  /// How processes were ended -> number of points without a row
  std::map<std::string, std::uint64_t> interrupted;
  int signal = 0;  // the signal that stopped the sweep; 0: none
  double seconds = 0;
};

/// Makes a check of whether a row of a store is one of these points.  The check returns what is
/// wrong; empty: nothing.
SweepStore::CheckRow row_of(const Points& points);

/// Runs the points of the shard that the store lacks, and writes their rows.  A point whose process
/// was ended from outside (killed, or the host was out of memory) is tried again, then left out;
/// the next sweep tries it.  Throws RunError where a source file was changed meanwhile or the disk
/// is full.  Rows that were written stay.
SweepCounts sweep(const Points& points, const SourceFiles& sources, SweepStore& store,
                  const Shard& shard, const PoolLimits& limits);

}  // namespace tricycle
