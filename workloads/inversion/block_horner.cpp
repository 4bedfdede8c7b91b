// SPDX-License-Identifier: Apache-2.0
//
// The residual series of arXiv 2606.06034 by blocks.  Exact inverses of the b x b diagonal blocks
// replace the truncated series.  Horner's rule follows, under a mask that grows by one block per
// step (bi = i / b, bj = j / b):
//   Yb <- block_doubling inside the diagonal blocks;  E <- -(Yb + A + A Yb) on bi > bj;  Y <- Yb
//   for s = 1 .. ceil(C / b) - 1:  Y <- (Yb + E) + Y E on bi - bj <= s
// Exact: E is strictly block lower triangular, so step s completes block diagonal s.
//
// Products: the 2 log2 b small ones of the blocks come first.  C / b follow: one for E, then one
// per step, each dependent on the one before.
//
// Roundings: those of block_doubling, E, every Y.  The values that the masks keep stay in [-1, 1]
// where T and E do, so fixed point needs no headroom.
#include "workloads/algorithm.h"
#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

void emit_block_horner(Emitter& e, const AlgorithmParameters& p) {
  const int b = p.get(kBlock), last_block = (e.chunk() - 1) / b;
  const Matrix a = e.input();
  const Matrix start = e.matrix("Yb", Band{1, b - 1, b, 0, 0});
  const Matrix residual = e.matrix("E", Band{1, e.chunk() - 1, b, 1, last_block});
  const Matrix iterate = e.matrix("Y", Band{});
  // E is not made yet: the merges use it as their scratch matrix.
  emit_block_merges(e, start, {residual.buffer, Band{1, e.chunk()}}, 1, b);
  if (last_block > 0) {
    Mask below;
    below.block = b;
    below.min_blocks = 1;
    e.epilogue(residual, {start, a}, e.all(), e.all(),
               {.product = e.product(a, start, e.all(), e.all(), e.all(), residual.band),
                .negate = true,
                .mask = below});
  }
  Matrix y = start;
  for (int s = 1; s <= last_block; ++s) {
    const Matrix next{iterate.buffer, Band{1, (s + 1) * b - 1, b, 0, s}};
    Mask kept;
    kept.min_distance = 1;
    kept.block = b;
    kept.max_blocks = s;
    e.epilogue(next, {start, residual}, e.all(), e.all(),
               {.product = e.product(y, residual, e.all(), e.all(), e.all(),
                                     Band{1, (s + 1) * b - 1, b, 1, s}),
                .mask = kept});
    y = next;
  }
  e.store_output(y);
}

}  // namespace

Algorithm block_horner() {
  return {.name = "block_horner",
          .summary =
              "exact diagonal b-blocks, then the residual series block diagonal by block "
              "diagonal, exact",
          .source = "arXiv 2606.06034 (its residual series), by blocks",
          .parameters = {block_parameter(16)},
          .lower = emit_block_horner,
          .merges_pairs = true};
}

}  // namespace tricycle
