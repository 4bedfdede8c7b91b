// SPDX-License-Identifier: Apache-2.0
//
// The chunked gated delta rule (Gated DeltaNet, arXiv 2412.06464) as programs, one per stage, cut
// as production kernels cut it.  For a chunk of C tokens with keys K, queries Q (scaled), values V,
// gates g and beta:
//   kkt    G = cumsum(g), A = tril(beta_i (K K^T) exp(min(G_i - G_j, 0)), -1); or without gates,
//          which then follow the inverse, y_ij exp(G_i - G_j) (RoundingMode::gates_after)
//   solve  Y = (I + A)^-1 - I: a chunk inversion (algorithm.h)
//   wy     U = T (beta V), W = T (beta e^G K), T = I + Y           (form ut alone)
//   h      V' = U - W S, or V' = T beta (V - (e^G K) S) in form delta;
//          S <- e^{G_last} S + K^T (e^{G_last - G} V'): serial over the chunks of a head
//   o      P = tril(Q K^T exp(min(G_i - G_j, 0))), O = (e^G Q) S + P V'
// With gates of every channel (KDA) g and G are [C x dk], the exponentials are inside the sums of
// K K^T and Q K^T (channel_gates.h), and rows of S decay each by its own channel.
// T is never stored: T X = X + Y X, the sum rounded once.
#pragma once

#include <cstdint>

#include "models/isa/program.h"
#include "workloads/gated_deltanet/channel_gates.h"
#include "workloads/gated_deltanet/rounding_mode.h"

namespace tricycle {

/// How V' is computed. kUt: from U and W. kDelta: without U and W, with T on the serial path.
/// kRightHandSides: from U and W, which come from substitution by block rows.  Then only the
/// diagonal blocks of kSubstitutionBlock are inverted.
enum class DeltaForm : std::uint8_t { kUt, kDelta, kRightHandSides };
inline constexpr int kSubstitutionBlock = 16;  // flash-linear-attention's diagonal blocks

/// Size of the matrices that the solve stage inverts.  Throws InputError where a chunk is not a
/// whole number of blocks.
int solve_size(int chunk, DeltaForm form);

struct DeltaShape {
  int chunk = 64;                          // C
  int key_width = 128, value_width = 128;  // dk, dv
  int group = 1;  // value heads of a key head that share the products K K^T and Q K^T
  ChannelGates channel_gates = ChannelGates::kNone;  // with others than kNone, group is 1

  bool has_channel_gates() const { return channel_gates != ChannelGates::kNone; }
  /// Columns of g and G.
  int gate_width() const { return has_channel_gates() ? key_width : 1; }
};

// The comments below list the buffers in DRAM by name: inputs -> outputs. x0, x1, .. stand for the
// value heads of a group.  All functions throw InputError where the machine lacks a format or an
// operation, or has too little memory.

/// For a chunk and a group: K [C x dk], g0.. [1 x C], beta0.. [C x 1] -> A0.. [C x C], G0.. [C x
/// 1].  With channel gates: g0 [C x dk] -> G0 [C x dk]; G is [C x dk] in the stages below as well.
Program lower_kkt(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// For a chunk and a value head: Y [C x C], K, V [C x dv], G, beta [C x 1] -> U [C x dv], W [C x
/// dk].
Program lower_wy(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// The same from A [C x C] and D [C x b].  D holds the inverses, less identity, of the diagonal
/// blocks of A of size b, one below the other.  Computed by block rows: X_i = (I + D_i) (B_i -
/// sum_{j < i} A_ij X_j), B = [beta V, beta e^G K].
Program lower_right_hand_sides(const HwConfig& hw, const DeltaShape& shape,
                               const RoundingMode& mode);
/// For a value head: K, V, G, beta, U, W, Y as above, one chunk below the other (only those that
/// the form needs), S0 [dk x dv] -> S, F, S1.  S [chunks dk x dv] is the state before each chunk, F
/// [chunks C x dv] its V', and S1 [dk x dv] the state after the last chunk.
Program lower_state(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode,
                    DeltaForm form, int chunks);
/// For a chunk and a group: Q, K, G0.., F0.. (V'), S0.. -> O0.. [C x dv].
Program lower_output(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);
/// Decode, for a value head: q, k [1 x dk], v [1 x dv], g [1 x 1] or [1 x dk], beta [1 x 1], S0 [dk
/// x dv] -> S1, O [1 x dv].  Computes S <- e^g S, S <- S + k (beta (v - S^T k))^T, o = S^T q on the
/// vector unit, in mode.vector; k and q are in that format too.
Program lower_recurrent_step(const HwConfig& hw, const DeltaShape& shape, const RoundingMode& mode);

}  // namespace tricycle
