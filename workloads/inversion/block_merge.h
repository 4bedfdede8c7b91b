// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "workloads/emitter.h"

namespace tricycle {

/// 2 x 2 block recursion on the diagonal of y, in place.  It starts from exact blocks of size
/// `first` and ends with blocks of size `last` (a power of two times `first`, or at least the
/// chunk):
///   M <- (A + A Y) and Y <- -(M + Y M) on the lower-left b x b block of every pair,
///   b = first, 2 first, ..
/// `m` is scratch, in the format of y.  With first = 1, y need not have been written.  `result`: a
/// matrix in another format that holds the diagonal blocks as well; the merged blocks are rounded
/// to it from the same sums.
void emit_block_merges(Emitter& e, const Matrix& y, const Matrix& m, int first, int last,
                       const std::optional<Matrix>& result = std::nullopt);

/// Writes zeros into the diagonal tiles of y where a tile holds several blocks of this size (a
/// power of two).  Tiles are read and stored whole, including what lies between the blocks.
void emit_zeros_between_blocks(Emitter& e, const Matrix& y, int block);

/// The matrices of an inverse that is made of diagonal blocks and merges: one where all formats
/// are the same.
struct InverseMatrices {
  Matrix blocks;   // formats().blocks: the diagonal blocks, as they are inverted
  Matrix merged;   // formats().merges: what merges multiply and add to
  Matrix result;   // formats().result
  Matrix scratch;  // formats().merges: of the merges, free before them
};
InverseMatrices make_inverse_matrices(Emitter& e);

/// Rounds the diagonal blocks to the other formats, merges them up to the chunk and stores the
/// result.  Everything between the blocks of a tile must be zero (emit_zeros_between_blocks).
void emit_merges_and_store(Emitter& e, const InverseMatrices& y, int block);

}  // namespace tricycle
