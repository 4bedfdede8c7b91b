// SPDX-License-Identifier: Apache-2.0
//
// Column by column on the vector unit.  As soon as row k of Y is known, the contribution of column
// k of A is subtracted from every row below.
//   Y <- -A;  for k = 1 .. C-2:  y_ij <- y_ij - a_ik y_kj   for all i > k > j
// This is the vector column sweep of Ascend's tri_inv kernels (sgl-kernel-npu csrc/tri_inv,
// pto-kernels kernel_tri_inv_col_sweep).  They run it for one column of Y after another with A
// transposed: the same sums in the same order.
//
// Exact, without a matrix product.  It takes C - 2 dependent steps; the axpys within a step are
// independent.
//
// Roundings: every axpy rounds to storage, up to C - 2 times per entry.  So it is less accurate
// than forward_substitution where the storage is narrower than the accumulator.
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

void emit_column_sweep(Emitter& e, const AlgorithmParameters&) {
  const Matrix a = e.input();
  const Matrix y = e.matrix("Y", Band{1, e.chunk()});
  Mask lower;
  lower.min_distance = 1;
  e.epilogue(y, {a}, e.all(), e.all(), {.negate = true, .positive_zero = true, .mask = lower});
  for (int k = 1; k + 1 < e.chunk(); ++k) e.column_step(a, y, k);
  e.store_output(y);
}

}  // namespace

Algorithm column_sweep() {
  return {.name = "column_sweep",
          .summary = "axpy column sweep on the vector unit, one rounding an axpy, exact",
          .source = "sgl-kernel-npu csrc/tri_inv and pto-kernels kernel_tri_inv_col_sweep (Ascend)",
          .parameters = {},
          .lower = emit_column_sweep};
}

}  // namespace tricycle
