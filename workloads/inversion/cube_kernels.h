// SPDX-License-Identifier: Apache-2.0
//
// Those of Huawei's inversion kernels (huawei-csl/pto-kernels) that have no row in the algorithm
// table.  They serve comparisons; nobody would choose them.
#pragma once

#include "workloads/emitter.h"

namespace tricycle {

/// tri_inv_trick on the emitter's chunk: the product form on the whole chunk, with one accumulator,
///   Y = M M; X = I - M; I; then log2 C times  X <- X + X Y, Y <- Y Y.
/// Copies and negations are products with +-I, and sums are read out directly.  The last factor is
/// 1 + 0.  Stores X - I.  The chunk must be a power of two, the format a float.
void emit_product_form_kernel(Emitter& e);

/// The work that tri_inv_rec_unroll does once per launch: it loads -I (the emitter's input) and
/// makes I and 0 from it.
void emit_kernel_preparation(Emitter& e);

}  // namespace tricycle
