// SPDX-License-Identifier: Apache-2.0
//
// Forward elimination of block rows on the identity: tpu-inference's
// decompose_triangular_matrix_inverse (b = 16).
//   for every block row i from row s:
//     M_i <- A_i + A_i Y on the columns before s            one b x s x s product
//     rows r of the block:  y_r <- -([M_r | A_ii's row r] + sum_{s<=j<r} a_rj y_j)
// Exact.  Products: C / b - 1, each after the rows of the block before it.  Vector unit: C - C / b
// dependent row steps of full width.  Roundings: M, every row.
#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

void emit_block_elimination(Emitter& e, const AlgorithmParameters& p) {
  const Band lower{1, e.chunk()};
  const Matrix a = e.input();
  const Matrix y = e.matrix("Y", lower), m = e.matrix("M", lower);
  for (const Extent& block : blocks(e.all(), p.get(kBlock))) {
    const Extent before{0, block.begin};
    if (before.size() > 0) {
      e.epilogue(m, {a}, block, before, {.product = e.product(a, y, block, before, before, lower)});
    }
    for (int row = block.begin; row < block.end; ++row) e.row_step(a, y, m, block, row);
  }
  e.store_output(y);
}

}  // namespace

Algorithm block_elimination() {
  return {.name = "block_elimination",
          .summary = "block rows in turn: one product each, then row substitution, exact",
          .source = "tpu-inference decompose_triangular_matrix_inverse",
          .parameters = {block_parameter(16)},
          .lower = emit_block_elimination};
}

}  // namespace tricycle
