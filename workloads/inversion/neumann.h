// SPDX-License-Identifier: Apache-2.0
//
// The steps of the masked Neumann method that several algorithms share.
#pragma once

#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

/// Matrices of one masked Neumann inversion; blocks on the diagonal use the same ones.
struct NeumannMatrices {
  Matrix start_operand;  // A o M_w
  Matrix start;          // T0 - I
  Matrix residual;       // E
  Matrix iterate;        // Y; fixed point: with headroom
  Matrix power, sum;     // evaluation doubling / powers only
};
NeumannMatrices make_neumann_matrices(Emitter& e, const AlgorithmParameters& p);

/// The band-exact start of masked_newton: Y <- -(A o M_1);  for s = 2..N:  Y <- (-(A_N + A_N Y)) o
/// M_s with A_N = A o M_N.  N - 1 products.  Returns Y, of band [1, N].
Matrix emit_neumann_start(Emitter& e, const Matrix& operand, const Matrix& y, int order);

/// neumann_masked(N, S) on the diagonal block `block` of the input; the result is in m.iterate.
void emit_neumann_masked(Emitter& e, const NeumannMatrices& m, Extent block,
                         const AlgorithmParameters& p);

/// Checks N, S and w against the size of the (sub)matrix they work on; fills in published values.
AlgorithmParameters resolve_neumann(int size, const AlgorithmOptions& options);

}  // namespace tricycle
