// SPDX-License-Identifier: Apache-2.0
//
// The chunked gated delta rule (Gated DeltaNet, arXiv 2412.06464) as programs, a stage each, as
// production kernels cut it.  Of a chunk of C tokens with keys K, queries Q (scaled), values V,
// gates g and beta:
//   kkt    G = cumsum(g), A = tril(beta_i (K K^T) exp(min(G_i - G_j, 0)), -1)
//   solve  Y = (I + A)^-1 - I: a chunk inversion (algorithm.h)
//   wy     U = T (beta V), W = T (beta e^G K), T = I + Y           (form ut alone)
//   h      V' = U - W S, or V' = T beta (V - (e^G K) S) in form delta;
//          S <- e^{G_last} S + K^T (e^{G_last - G} V'): serial over the chunks of a head
//   o      P = tril(Q K^T exp(min(G_i - G_j, 0))), O = (e^G Q) S + P V'
// T is never stored: T X = X + Y X, the sum rounded once.
#pragma once

#include <cstdint>

#include "models/isa/program.h"
#include "workloads/gated_deltanet/rounding_mode.h"

namespace tricycle {

/// How V' comes about: by U and W; without them, T on the serial path; by U and W that blocks of
/// rows are substituted for, where only blocks of kSubstitutionBlock on the diagonal are inverted.
enum class DeltaForm : std::uint8_t { kUt, kDelta, kRightHandSides };
inline constexpr int kSubstitutionBlock = 16;  // flash-linear-attention's diagonal blocks

/// Size of the matrices the solve stage inverts.  Throws InputError where chunks are not whole
/// blocks.
int solve_size(int chunk, DeltaForm form);

struct DeltaShape {
  int chunk = 64;                          // C
  int key_width = 128, value_width = 128;  // dk, dv
  int group = 1;  // value heads of a key head that share the products K K^T and Q K^T
};

// Buffers in DRAM by name; x0, x1, .. where x is one of several value heads of a group.  All throw
// InputError where the machine lacks a format or an operation, or has too little memory.

/// Of a chunk and a group: K [C x dk], g0.. [1 x C], beta0.. [C x 1] -> A0.. [C x C], G0.. [C x 1].
Program lower_kkt(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// Of a chunk and a value head: Y [C x C], K, V [C x dv], G, beta [C x 1] -> U [C x dv], W [C x
/// dk].
Program lower_wy(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// The same of A [C x C] and D [C x b], the inverses less identity of A's diagonal blocks of b one
/// below the other: by block rows, X_i = (I + D_i) (B_i - sum_{j < i} A_ij X_j), B = [beta V, beta
/// e^G K].
Program lower_right_hand_sides(const HwConfig& hw, const DeltaShape& shape,
                               const RoundingMode& mode);
/// Of a value head: K, V, G, beta, U, W, Y as above, one chunk below the other (what the form needs
/// of them), S0 [dk x dv] -> S [chunks dk x dv], the state before each chunk; F [chunks C x dv],
/// its V'; S1 [dk x dv], the state behind the last.
Program lower_state(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode,
                    DeltaForm form, int chunks);
/// Of a chunk and a group: Q, K, G0.., F0.. (V'), S0.. -> O0.. [C x dv].
Program lower_output(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// Decode, of a value head: q, k [1 x dk], v [1 x dv], g, beta [1 x 1], S0 [dk x dv] -> S1, O [1 x
/// dv]: S <- e^g S, S <- S + k (beta (v - S^T k))^T, o = S^T q on the vector unit, in mode.vector;
/// k and q in its format too.
Program lower_recurrent_step(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);

}  // namespace tricycle
