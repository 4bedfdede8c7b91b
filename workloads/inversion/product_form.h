// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/emitter.h"

namespace tricycle {

/// The product form on the diagonal block `block`: with A in p there, y becomes (I + A)^-1 - I.
///   Y <- -A;  `squarings` times:  P <- P P;  Y <- (Y + P) + Y P
/// 2 `squarings` products, whole (Emitter::whole_product), the mask `kept` on everything stored; p
/// is overwritten.  In exact arithmetic all of it where A^(2^(squarings + 1)) = 0.
void emit_product_form(Emitter& e, const Matrix& y, const Matrix& p, Extent block, int squarings,
                       const Mask& kept);

/// Squarings that make the product form of a strictly lower n x n matrix whole: ceil(log2 n) - 1.
int squarings_of(int n);

}  // namespace tricycle
