// SPDX-License-Identifier: Apache-2.0
//
// The recurrences whose chunks invert a unit lower triangular matrix I + A.  Of a state S [dk x dv]
// token i with key k_i, gates g_i and value v_i reads, and erases what it reads:
//   u_i = beta_i (v_i - c (e_i * k_i)^T S'),   S <- Diag(e^{g_i}) S + (w_i * k_i) u_i^T
// where S' is S after its decay, or before it (reads_before_decay), and e or w are factors of every
// channel.  Of the tokens of a chunk, with G = cumsum(g):
//   A_ij = beta_i c sum_d e_id k_id w_jd k_jd exp(G_id - G_jd),  i > j  (G_{i-1} if read before)
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tricycle {

/// What a chunk's tokens bring.  All arrays are row-major, token by token.
struct ChunkTokens {
  std::int64_t chunk = 0, width = 0;
  std::vector<double> keys{};     // C x width, of length 1
  std::vector<double> beta{};     // C
  std::vector<double> g{};        // log gates, <= 0: C; C x width where the rule has channel gates
  std::vector<double> factors{};  // C x width, where the rule has such
  double feedback = 1;            // c
};

/// Where a rule multiplies the channels of a key by factors of their own.
enum class ChannelFactors : std::uint8_t {
  kNone,
  kErase,        // e: the beta of a channel; beta_i is 1
  kWrite,        // w: likewise
  kPrecondition  // w: kPreconditionMost^x, x in [-1, 1]
};
inline constexpr double kPreconditionMost = 1.5;

struct DeltaRule {
  std::string_view name;
  std::string_view models;   // who uses it
  std::string_view formula;  // of A_ij
  std::string_view source;
  /// Whether every channel of a key has its own gate.
  bool has_channel_gates = false;
  bool reads_before_decay = false;
  ChannelFactors factors = ChannelFactors::kNone;
  /// Whether |T_ij| <= max beta is proved: every transition is then a contraction, since what a
  /// token erases and writes is one vector.
  bool is_bounded = false;
};

const std::vector<DeltaRule>& delta_rules();
std::vector<std::string_view> delta_rule_names();
/// Throws InputError for an unknown name.
const DeltaRule& find_delta_rule(std::string_view name);

/// Scales every key, `width` numbers, to length 1.
void normalise_keys(std::vector<double>& keys, std::size_t width);

/// A (C x C, row-major, strictly lower), in double, sums in ascending order.
std::vector<double> delta_rule_matrix(const DeltaRule& rule, const ChunkTokens& tokens);

}  // namespace tricycle
