// SPDX-License-Identifier: Apache-2.0
//
// arXiv 2606.06034 for long chunks: diagonal b-blocks by neumann_masked, then exact block merges.
// In fixed point, a block is converted from the headroom format of its iterate (saturating) before
// it is merged.
#include <algorithm>

#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

/// Two blocks a chunk, as published for C = 128 (two 64-blocks).
std::vector<Parameter> blockwise_parameters() {
  std::vector<Parameter> rows = neumann_parameters();
  rows.push_back(block_parameter(64));
  return rows;
}

/// The last block of a chunk that is no multiple of the block size is smaller: so are N and w
/// there.
AlgorithmParameters clipped(AlgorithmParameters p, int size) {
  p.set(kOrder, std::min(p.get(kOrder), size - 1));
  p.set(kMaskWidth, std::min(p.get(kMaskWidth), size - 1));
  return p;
}

void emit_neumann_masked_blockwise(Emitter& e, const AlgorithmParameters& p) {
  const NeumannMatrices m = make_neumann_matrices(e, p);
  const Matrix y = e.matrix("Y", Band{1, e.chunk()});
  emit_zeros_between_blocks(e, y, p.get(kBlock));
  for (const Extent& block : blocks(e.all(), p.get(kBlock))) {
    const Band lower{1, block.size()};
    if (block.size() > 1) {
      emit_neumann_masked(e, m, block, clipped(p, block.size()));
      e.epilogue({y.buffer, lower}, {{m.iterate.buffer, lower}}, block, block,
                 {.positive_zero = p.get(kBlock) < e.chunk()});
    } else {
      e.epilogue({y.buffer, Band{0, 0}}, {}, block, block, {});
    }
  }
  // E is dead: the merges use it as their scratch matrix.
  emit_block_merges(e, y, m.residual, p.get(kBlock), e.chunk());
  e.store_output(y);
}

}  // namespace

Algorithm neumann_masked_blockwise() {
  return {.name = "neumann_masked_blockwise",
          .summary = "diagonal b-blocks by neumann_masked, then exact block merges",
          .source = "arXiv 2606.06034",
          .parameters = blockwise_parameters(),
          .lower = emit_neumann_masked_blockwise,
          .compared_by_default = true};
}

}  // namespace tricycle
