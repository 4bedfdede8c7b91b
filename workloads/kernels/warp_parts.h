// SPDX-License-Identifier: Apache-2.0
//
// Parts of the kernels of warp_kernels.h.  A strip is 16 rows; T = chunk / 16 of them.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "workloads/kernels/warp_kernels.h"
#include "workloads/kernels/warp_writer.h"

namespace tricycle {

inline constexpr int kWarpLanes = 32;
inline constexpr int kStripRows = 16;

/// The warps of a block while their code is written.
class WarpBlock {
 public:
  explicit WarpBlock(const WarpKernel& kernel);

  const WarpKernel& kernel() const { return kernel_; }
  int strips() const { return kernel_.chunk / kStripRows; }
  int size() const { return static_cast<int>(warps_.size()); }
  WarpWriter& warp(int w) { return warps_[static_cast<std::size_t>(w)]; }
  /// The strips of a warp: one, all, or two that have the same work together.
  /// Throws InputError where there are other numbers of warps.
  std::vector<int> strips_of(int w) const;
  /// All warps wait for each other; a warp alone, its lanes.
  void barrier();
  WarpProgram take();

 private:
  WarpKernel kernel_;
  std::vector<WarpWriter> warps_;
};

/// Y of every diagonal tile, in the registers of its strip's warp, stored to the scratchpad.
WarpTile doubled_tile(WarpWriter& w);
WarpTile squared_tile(WarpWriter& w);
WarpTile neumann_tile(WarpWriter& w, int order, int steps);
/// One diagonal tile (or two at once, a lane a column) by substitution, stored.
void swept_tiles(WarpWriter& w);

void write_merges(WarpBlock& block);
void write_wavefront(WarpBlock& block);

/// Tiles by row and column of tiles.
using WarpTiles = std::map<std::pair<int, int>, WarpTile>;
/// Tile (i, j), loaded where it is not there yet.
WarpTile& fetch(WarpWriter& w, WarpTiles& tiles, int i, int j);
/// The first `order` diagonals by the vector unit, a lane a row, stored.
void write_band_start(WarpBlock& block, int order);
/// `copies` of A under masks, entry by entry.
void write_masked_copies(WarpBlock& block, int copies);
void write_dense(WarpBlock& block);  ///< neumann_masked as it is written down

void write_block_kernel(WarpBlock& block);   ///< diagonal tiles, then merges
void write_band_kernel(WarpBlock& block);    ///< neumann_masked
void write_newton_kernel(WarpBlock& block);  ///< masked_newton, newton_schulz, neumann_product
void write_vector_kernel(WarpBlock& block);  ///< substitution

}  // namespace tricycle
