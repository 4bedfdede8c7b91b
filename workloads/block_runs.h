// SPDX-License-Identifier: Apache-2.0
//
// An instruction covers as many neighbouring blocks as are treated alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "workloads/tiling.h"

namespace tricycle {

inline bool is_inside(Extent part, Extent whole) {
  return whole.begin <= part.begin && part.end <= whole.end;
}

/// Whether one of the tiles holds all of a block.
inline bool some_holds(const std::vector<Tile>& tiles, Extent rows, Extent cols) {
  return std::any_of(tiles.begin(), tiles.end(), [&](const Tile& t) {
    return is_inside(rows, t.rows) && is_inside(cols, t.cols);
  });
}

/// Calls emit(rows, cols, kind) for runs of blocks of one row of blocks that the band touches and
/// whose kind(rows, cols) is equal, from left to right, row after row.
template <typename Kind, typename Emit>
void for_runs(const Band& band, Extent rows, Extent cols, int edge, Kind kind, Emit emit) {
  const std::vector<Extent> columns = blocks(cols, edge);
  for (const Extent& r : blocks(rows, edge))
    for (std::size_t first = 0; first < columns.size();) {
      if (!band.touches(r, columns[first])) {
        ++first;
        continue;
      }
      const auto of_first = kind(r, columns[first]);
      std::size_t last = first;
      while (last + 1 < columns.size() && band.touches(r, columns[last + 1]) &&
             kind(r, columns[last + 1]) == of_first)
        ++last;
      emit(r, Extent{columns[first].begin, columns[last].end}, of_first);
      first = last + 1;
    }
}

}  // namespace tricycle
