// SPDX-License-Identifier: Apache-2.0
//
// The column sweep as matrix products: the elementary matrices of Gaussian elimination, each
// multiplied whole.  With a_k column k of A below the diagonal and e_k the k-th unit vector:
//   (I + A)^-1 = (I - a_(C-2) e_(C-2)^T) .. (I - a_1 e_1^T) (I - a_0 e_0^T)
//   Y <- 0;  for k = 0 .. C-2:  M <- -a_k in column k, else 0;  Y <- (Y + M) + M Y
// This is the matrix column sweep of Ascend's cube_triangular_inverse (sgl-kernel-npu).  That
// kernel multiplies X <- (I + M) X for an upper triangle, from the last column on.  On X = I + Y
// those are the same sums, with the identity's parts exact.
//
// Products: C - 1, each dependent on the one before.  Of C^3 multiply-accumulates, C^2 / 6 on
// average are useful.
//
// Exact, and as accurate as column_sweep: row k of Y loses nothing to later steps, and every step
// rounds once.  Roundings: Y, up to C - 2 times per entry.
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

void emit_matrix_column_sweep(Emitter& e, const AlgorithmParameters&) {
  const int chunk = e.chunk();
  Mask lower;
  lower.min_distance = 1;
  const Matrix a = e.input();
  const Matrix y = e.matrix("Y", Band{1, chunk}), m = e.matrix("M", Band{1, chunk});
  e.epilogue(e.whole(y), {}, e.all(), e.all(), {});
  e.epilogue(e.whole(m), {}, e.all(), e.all(), {});
  for (int k = 0; k + 1 < chunk; ++k) {
    const Extent below{k + 1, chunk}, column{k, k + 1};
    if (k > 0) e.epilogue(m, {}, {k, chunk}, {k - 1, k}, {});
    e.epilogue(m, {a}, below, column, {.negate = true});
    const Matrix step{m.buffer, {.min = 1, .max = chunk, .first_col = k, .last_col = k}};
    e.epilogue(e.whole(y), {y, step}, e.all(), e.all(),
               {.product = e.whole_product(step, y), .mask = lower});
  }
  e.store_output(y);
}

}  // namespace

Algorithm matrix_column_sweep() {
  return {.name = "matrix_column_sweep",
          .summary = "a whole product for every column, exact",
          .source = "sgl-kernel-npu cube_triangular_inverse (Ascend)",
          .parameters = {},
          .lower = emit_matrix_column_sweep};
}

}  // namespace tricycle
