// SPDX-License-Identifier: Apache-2.0
//
// Gates of every channel (Kimi Delta Attention, KDA): the products inside a chunk become
//   P_ij = sum_d x_id k_jd exp(G_id - G_jd),  x = k for A, x = q for the output, G = cumsum(g).
// The exponential is inside the sum.  A matrix product has to split it, at an anchor a:
//   P = (x e^{G - a}) (k e^{a - G})^T.
// Of tokens far from the anchor one of the two factors is large: that is the range of a variant.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/numerics/format.h"

namespace tricycle {

/// How the products of a chunk get their gates.  kNone: one gate a token, which is outside the sum.
enum class ChannelGates : std::uint8_t {
  kNone,
  kDifference,  // G_i - G_j row by row on the vector unit: exact, no matrix product
  kBlocks16,    // blocks of 16 anchored at their first row; diagonal blocks by difference
  kBlocks16Tc,  // the same, diagonal blocks as products anchored at their middle row
  kC16,         // a chunk of 16 anchored before its first token
  kMid32,       // a chunk of 32 anchored at G_last / 2
  kOffset       // a token's own anchor max_d G_d; a scalar gate of the rest outside the sum
};

struct ChannelGateVariant {
  ChannelGates id;
  std::string_view name, summary, source;
  int most_chunk;  // tokens; 0: any
  /// Tokens between an anchor and the farthest token that it serves, for a chunk of C: the largest
  /// exponent is this times the lower bound of a token's log gate.  0: no exponent above 0.
  double (*reach)(int chunk);
};
/// The variant where none is named: exact for all gates.
inline constexpr std::string_view kUsualChannelGates = "blocks16";
std::span<const ChannelGateVariant> channel_gate_variants();
/// The row of a name.  Throws InputError that lists the valid ones.
const ChannelGateVariant& find_channel_gates(std::string_view name);

/// The largest x with a finite e^x in a float format: 88.7 for fp32 and bf16, 11.1 for fp16.
double largest_exponent(Format format);

/// Throws InputError where a variant overflows in `factors` for a chunk whose log gates go down to
/// `gate_bound` a token (0: no bound is known), or where the chunk is too large for it.
void check_channel_gates(const ChannelGateVariant& variant, int chunk, double gate_bound,
                         Format factors);

}  // namespace tricycle
