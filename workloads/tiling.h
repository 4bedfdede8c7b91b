// SPDX-License-Identifier: Apache-2.0
//
// The tile products that a product of structured matrices needs.
#pragma once

#include <cstdint>
#include <vector>

#include "models/hw_config.h"

namespace tricycle {

/// The rows or columns begin .. end - 1.
struct Extent {
  int begin = 0, end = 0;
  int size() const { return end - begin; }
};

/// Where a matrix can be nonzero.  Entry (i, j) can be nonzero only if min <= i - j <= max,
/// min_blocks <= i / block - j / block <= max_blocks (in integer division), and first_col <= j <=
/// last_col.
struct Band {
  int min = 1, max = 1 << 20;
  int block = 1, min_blocks = -(1 << 20), max_blocks = 1 << 20;
  int first_col = 0, last_col = 1 << 20;
  friend bool operator==(const Band&, const Band&) = default;
  /// Whether any entry of a block can be nonzero.
  bool touches(Extent rows, Extent cols) const {
    return cols.end > first_col && cols.begin <= last_col && rows.end - 1 - cols.begin >= min &&
           rows.begin - (cols.end - 1) <= max &&
           (rows.end - 1) / block - cols.begin / block >= min_blocks &&
           rows.begin / block - (cols.end - 1) / block <= max_blocks;
  }
};

struct Tile {
  Extent rows, cols;
};

/// One matmul instruction: out[rows x cols] (+)= a[rows x inner] b[inner x cols].
struct TileProduct {
  Extent rows, inner, cols;
  bool accumulate = false;
  std::int64_t useful_macs = 0;  // multiply-accumulates whose operands can both be nonzero
};

/// Cuts an extent into blocks of `edge` (the last may be shorter).
std::vector<Extent> blocks(Extent extent, int edge);

/// The tile products of a b, restricted to the blocks that `out` needs.  They are in the order that
/// the dataflow wants (the stationary operand changes slowest), with k ascending for every output.
/// A run of blocks of the streaming dimension is one instruction.
std::vector<TileProduct> tile_products(Dataflow dataflow, int edge, Band a, Band b, Band out,
                                       Extent rows, Extent inner, Extent cols);
/// The same, where `inner` cuts the inner dimension into consecutive extents.  Sums are added to
/// what the tiles `started` hold, each of them whole blocks.
std::vector<TileProduct> tile_products(Dataflow dataflow, int edge, Band a, Band b, Band out,
                                       Extent rows, std::vector<Extent> inner, Extent cols,
                                       const std::vector<Tile>& started = {});

/// Multiply-accumulates of a[rows x inner] b[inner x cols] whose operands can both be nonzero.
std::int64_t useful_macs(Band a, Band b, Extent rows, Extent inner, Extent cols);

/// Whether the bits of a sum depend on the order of its addends.  They do not for codes with
/// measured scales, which never leave the accumulator, nor for sums that wrap.
bool sums_show_their_order(const HwConfig& hw, Format format);

/// Whether the bits of a sum among zeros depend on where its k begins.  They do where the length of
/// passes or steps is not a power of two, because these then begin at a different place.
bool sums_show_their_start(const HwConfig& hw, Format format);

/// The block edges a lowering may choose from: powers of two from 8 below the chunk, and the chunk.
/// The bits of a sum can depend on how k is cut (summed pass by pass, of floats or saturating).
/// Then only the edge of one pass is allowed, so that values never depend on what is fast.
std::vector<int> tile_edges(const HwConfig& hw, Format format, int chunk);

/// The block edge (a power of two from 8, or the whole chunk) that costs the machine the fewest
/// cycles.  The cost is that of the product of two strictly lower C x C matrices and the sums after
/// it.
int cheapest_tile(const HwConfig& hw, Format format, int chunk);

/// Cycles in which these products occupy the matrix unit, including issue.
std::int64_t product_cycles(const HwConfig& hw, Format format,
                            const std::vector<TileProduct>& products);

}  // namespace tricycle
