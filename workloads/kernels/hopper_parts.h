// SPDX-License-Identifier: Apache-2.0
//
// Parts of the kernels of hopper.h.  Matrix kernels round every matrix that they store; vector
// kernels keep fp32 until the end.
#pragma once

#include "workloads/emitter.h"
#include "workloads/kernels/hopper.h"

namespace tricycle {

/// Edge of the tiles that one warp multiplies with two mma.m16n8k16.
inline constexpr int kHopperTile = 16;

/// Diagonal tiles of 16 by doubling inside the tile: Y = -A on pairs of 1, then
/// M = A + Y A, Y = -(M + M Y) on the off-blocks of pairs of 2, 4, 8.
void emit_doubled_tiles(Emitter& e, const Matrix& y, const Matrix& m);

/// The same for pairs of blocks of `first`, 2 `first`, .. (at least 16):
/// M = A21 + Y22 A21, Y21 = -(M + M Y11).
void emit_left_merges(Emitter& e, const Matrix& y, const Matrix& m, int first);

/// Block diagonals d = 1, 2, ..:  M = A_ij + A_ij Y_jj + .. + A_i,i-1 Y_i-1,j, Y_ij = -(M + Y_ii
/// M).
void emit_wavefront(Emitter& e, const Matrix& y, const Matrix& m);

/// Y = -(column sweep in fp32) of every diagonal block of this size, in an fp32 matrix:
/// y_i = fma(-A_ik, y_k, y_i), k ascending, from y_i = -A_i.
Matrix emit_swept_blocks(Emitter& e, int block);

/// Forward substitution in fp32 with the sums of a row split as the kernel says.
enum class RowSplit { kRegisters, kPanels, kRows };
Matrix emit_split_substitution(Emitter& e, RowSplit split, int groups);

/// dst <- round(fp32 matrix), the lower triangle.
void emit_rounded(Emitter& e, const Matrix& dst, const Matrix& wide);

}  // namespace tricycle
