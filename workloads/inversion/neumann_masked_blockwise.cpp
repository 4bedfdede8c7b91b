// SPDX-License-Identifier: Apache-2.0
//
// arXiv 2606.06034 for long chunks: diagonal b-blocks by neumann_masked, then exact block merges.
// In fixed point a block leaves the headroom format of its iterate (saturating) before it is
// merged.
#include <algorithm>

#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

/// Two blocks a chunk, as published for C = 128 (two 64-blocks).
AlgorithmParameters resolve(int chunk, const AlgorithmOptions& options) {
  const int block = resolve_block(chunk, options, 64);
  AlgorithmParameters p = resolve_neumann(block, options);
  p.block = block;
  return p;
}

/// The last block of a chunk that is no multiple of the block size is smaller: so are N and w
/// there.
AlgorithmParameters clipped(AlgorithmParameters p, int size) {
  p.order = std::min(p.order, size - 1);
  p.mask_width = std::min(p.mask_width, size - 1);
  return p;
}

void lower_it(Emitter& e, const AlgorithmParameters& p) {
  const NeumannMatrices m = make_neumann_matrices(e, p);
  const Matrix y = e.matrix("Y", Band{1, e.chunk()});
  emit_zeros_between_blocks(e, y, p.block);
  for (const Extent& block : blocks(e.all(), p.block)) {
    const Band lower{1, block.size()};
    if (block.size() > 1) {
      emit_neumann_masked(e, m, block, clipped(p, block.size()));
      e.combine({y.buffer, lower}, {{m.iterate.buffer, lower}}, block, block,
                {.positive_zero = p.block < e.chunk()});
    } else {
      e.combine({y.buffer, Band{0, 0}}, {}, block, block, {});
    }
  }
  // E is dead: the merges use it as their scratch matrix.
  emit_block_merges(e, y, m.residual, p.block, e.chunk());
  e.store_output(y);
}

}  // namespace

Algorithm neumann_masked_blockwise() {
  return {.name = "neumann_masked_blockwise",
          .summary = "diagonal b-blocks by neumann_masked, then exact block merges",
          .source = "arXiv 2606.06034",
          .parameters = {"order", "steps", "mask_width", "mask", "evaluation", "block"},
          .resolve = resolve,
          .lower = lower_it,
          .compared_by_default = true};
}

}  // namespace tricycle
