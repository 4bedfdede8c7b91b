// SPDX-License-Identifier: Apache-2.0
//
// Row substitution inside the b x b diagonal blocks on the vector unit, then block merges on the
// matrix unit, with two products per merge at every level. flash-linear-attention's solve_tril
// works this way (b = 16; fla/ops/utils/solve_tril.py), and so do the Gated DeltaNet kernels of
// FlashInfer and llama.cpp.
//   rows i of a block from s:  y_i <- -(a_i + sum_{s<=j<i} a_ij y_j)
//   for pairs of blocks b, 2b, ..:  M <- A21 + A21 Y11;  Y21 <- -(M + Y22 M)
// Formats of their own: blocks (rows of the blocks), merges (operands of the products, M, merged
// blocks), result.  Kernels, as settings of a run in bf16:
//   FlashKDA, since its commit 7afb9f4   block=8 blocks=fp32, at C = 16
//   aiter, since its issue 4952          blocks=fp32
//   flash-linear-attention               blocks=fp32 merges=fp32, or tf32
// Exact.  Products: C (C^2 - b^2) / 3 multiplications in 2 log2(C / b) dependent levels.  Vector
// unit: b - 1 dependent row steps; the blocks are independent.  Roundings: every row, M, every
// merged block.
#include "workloads/algorithm.h"
#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

void emit_blocked_substitution(Emitter& e, const AlgorithmParameters& p) {
  const InverseMatrices y = make_inverse_matrices(e);
  const Matrix a = e.rounded_to(e.formats().blocks, e.input());
  emit_zeros_between_blocks(e, y.blocks, p.get(kBlock));
  // Row by row over all blocks: the steps of one block depend on each other, its neighbours' do
  // not.
  for (int row = 0; row < p.get(kBlock); ++row)
    for (const Extent& block : blocks(e.all(), p.get(kBlock)))
      if (row < block.size()) e.row_step(a, y.blocks, block, block.begin + row);
  emit_merges_and_store(e, y, p.get(kBlock));
}

}  // namespace

Algorithm blocked_substitution() {
  return {.name = "blocked_substitution",
          .summary = "row substitution in diagonal b-blocks, then block merges, exact",
          .source = "flash-linear-attention fla/ops/utils/solve_tril.py; FlashInfer; llama.cpp",
          .parameters = kept_as_parameters({kInputAs, kBlocksAs, kMergesAs, kResultAs},
                                           {block_parameter(16)}),
          .lower = emit_blocked_substitution};
}

}  // namespace tricycle
