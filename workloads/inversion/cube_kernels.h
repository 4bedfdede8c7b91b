// SPDX-License-Identifier: Apache-2.0
//
// What of Huawei's inversion kernels (huawei-csl/pto-kernels) is no row of the algorithm table:
// what they are compared by, not what anybody would choose.
#pragma once

#include "workloads/emitter.h"

namespace tricycle {

/// tri_inv_trick on the emitter's chunk: the product form on all of it with one accumulator,
///   Y = M M; X = I - M; I; then log2 C times  X <- X + X Y, Y <- Y Y,
/// copies and negations as products with +-I, sums read out directly.  Its last factor is 1 + 0.
/// Stores X - I.  Chunk a power of two; floats.
void emit_product_form_kernel(Emitter& e);

/// What tri_inv_rec_unroll does once a launch: -I is loaded (the emitter's input), I and 0 are made
/// of it.
void emit_kernel_preparation(Emitter& e);

}  // namespace tricycle
