// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/emitter.h"

namespace tricycle {

/// 2 x 2 block recursion on the diagonal of y, in place.  It starts from exact blocks of size
/// `first` and ends with blocks of size `last` (a power of two times `first`, or at least the
/// chunk):
///   M <- (A + A Y) and Y <- -(M + Y M) on the lower-left b x b block of every pair,
///   b = first, 2 first, ..
/// `m` is scratch.  With first = 1, y need not have been written.
void emit_block_merges(Emitter& e, const Matrix& y, const Matrix& m, int first, int last);

/// Writes zeros into the diagonal tiles of y where a tile holds several blocks of this size (a
/// power of two).  Tiles are read and stored whole, including what lies between the blocks.
void emit_zeros_between_blocks(Emitter& e, const Matrix& y, int block);

}  // namespace tricycle
