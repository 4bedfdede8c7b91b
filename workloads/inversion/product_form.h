// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "workloads/emitter.h"
#include "workloads/parameter.h"

namespace tricycle {

/// How the product form runs its squarings (neumann_product.cpp).
enum class ProductLoop : std::uint8_t { kPlain, kTileOps, kPypto, kFlashKda };
inline constexpr std::pair<std::string_view, ProductLoop> kProductLoops[] = {
    {"plain", ProductLoop::kPlain},
    {"tileops", ProductLoop::kTileOps},
    {"pypto", ProductLoop::kPypto},
    {"flashkda", ProductLoop::kFlashKda}};
inline constexpr ParameterKey<ProductLoop> kLoop{"loop"};
Parameter loop_parameter();

/// The product form on the diagonal block `block`.  With A in p there, y becomes (I + A)^-1 - I.
///   Y <- -A;  `squarings` times:  P <- P P;  Y <- (Y + P) + Y P
/// It takes 2 `squarings` products, whole (Emitter::whole_product).  The mask `kept` applies to
/// everything stored; p is overwritten.  In exact arithmetic the result is complete where
/// A^(2^(squarings + 1)) = 0.
void emit_product_form(Emitter& e, const Matrix& y, const Matrix& p, Extent block, int squarings,
                       const Mask& kept);

/// The number of squarings that completes the product form of a strictly lower n x n matrix:
/// ceil(log2 n) - 1.
int squarings_of(int n);

}  // namespace tricycle
