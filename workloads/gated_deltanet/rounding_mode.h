// SPDX-License-Identifier: Apache-2.0
//
// A table of where production kernels of the chunked gated delta rule round.
#pragma once

#include <span>
#include <string_view>

#include "models/numerics/format.h"

namespace tricycle {

/// One row: the storage format of every intermediate, and where factors are applied.  Gates (G,
/// beta, exp of differences of G), sums and the carried state are in `vector`.
struct RoundingMode {
  std::string_view name, source;
  Format vector;       // gates, elementwise arithmetic, the carried state S
  Format input;        // q, k, v
  Format factors;      // operands of products with channel gates: k e^{G - a}, k e^{a - G}
  Format a;            // A, as the inversion receives it
  Format inverse;      // (I + A)^-1 - I, as products read it
  Format scaled;       // beta V, beta e^G K, e^G Q: operands of products
  Format fresh;        // U, W, V'
  Format state;        // S as an operand of products, and as stored for the output stage
  Format scores;       // P = tril(Q K^T o Gamma)
  Format output;       // O
  bool scale_inverse;  // U = (T beta_j) V and W = (T beta_j e^{G_j}) K instead of T (beta V) ..
  bool gate_output;    // O = e^G (Q S) + P V' instead of (e^G Q) S + P V'
  /// A without gates, tril(beta_i K K^T): its inverse gets them, y_ij e^{G_i - G_j}, rounded.
  bool gates_after = false;
};
std::span<const RoundingMode> rounding_modes();

/// The row of a name.  Throws InputError that lists the valid names.
const RoundingMode& find_rounding_mode(std::string_view name);

}  // namespace tricycle
