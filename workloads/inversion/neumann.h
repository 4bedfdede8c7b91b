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

/// neumann_masked(N, S) on the diagonal block `block` of the input; the result is in m.iterate.
void emit_neumann_masked(Emitter& e, const NeumannMatrices& m, Extent block,
                         const AlgorithmParameters& p);

/// Checks N, S and w against the size of the (sub)matrix they work on; fills in published values.
AlgorithmParameters resolve_neumann(int size, const AlgorithmOptions& options);

}  // namespace tricycle
