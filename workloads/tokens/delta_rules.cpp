// SPDX-License-Identifier: Apache-2.0
#include "workloads/tokens/delta_rules.h"

#include <fmt/format.h>

#include <cmath>

#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"

namespace tricycle {

const std::vector<DeltaRule>& delta_rules() {
  static const std::vector<DeltaRule> kRules{
      {.name = "gdn",
       .models = "Gated DeltaNet: Qwen3-Next, Qwen3.5; without gates DeltaNet and PaTH; with "
                 "householders Gated DeltaProduct",
       .formula = "beta_i (k_i . k_j) e^(G_i - G_j)",
       .source = "arXiv 2412.06464",
       .is_bounded = true},
      {.name = "kda",
       .models = "Kimi Delta Attention: Kimi-Linear, Kimi K3, GLM-5.3-Flash",
       .formula = "beta_i sum_d k_id k_jd e^(G_id - G_jd)",
       .source = "flash-linear-attention fla/ops/kda/naive.py",
       .has_channel_gates = true,
       .is_bounded = true},
      {.name = "gdn2",
       .models = "GDN-2",
       .formula = "sum_d b_id k_id k_jd e^(G_id - G_jd)",
       .source = "arXiv 2605.22791",
       .has_channel_gates = true,
       .factors = ChannelFactors::kErase},
      {.name = "rwkv7",
       .models = "RWKV-7",
       .formula = "sum_d k_id a_jd k_jd e^(G_(i-1)d - G_jd)",
       .source = "flash-linear-attention fla/ops/rwkv7, generalized_delta_rule/dplr",
       .has_channel_gates = true,
       .reads_before_decay = true,
       .factors = ChannelFactors::kWrite},
      {.name = "comba",
       .models = "Comba",
       .formula = "beta_i c (k_i . k_j) e^(G_(i-1) - G_j)",
       .source = "flash-linear-attention fla/ops/comba",
       .reads_before_decay = true,
       .is_bounded = true},
      {.name = "preconditioned",
       .models = "preconditioned delta rules",
       .formula = "beta_i sum_d k_id m_jd k_jd e^(G_i - G_j)",
       .source = "arXiv 2604.21100",
       .factors = ChannelFactors::kPrecondition},
  };
  return kRules;
}

std::vector<std::string_view> delta_rule_names() {
  std::vector<std::string_view> names;
  for (const DeltaRule& rule : delta_rules()) names.push_back(rule.name);
  return names;
}

const DeltaRule& find_delta_rule(std::string_view name) {
  for (const DeltaRule& rule : delta_rules())
    if (rule.name == name) return rule;
  throw InputError(
      fmt::format("rule \"{}\": expected one of {}", name, fmt::join(delta_rule_names(), ", ")));
}

void normalise_keys(std::vector<double>& keys, std::size_t width) {
  for (std::size_t begin = 0; begin < keys.size(); begin += width) {
    double squares = 0;
    for (std::size_t d = 0; d < width; ++d) squares += keys[begin + d] * keys[begin + d];
    const double length = std::sqrt(squares);
    for (std::size_t d = 0; d < width; ++d) keys[begin + d] /= length;
  }
}

std::vector<double> delta_rule_matrix(const DeltaRule& rule, const ChunkTokens& t) {
  // The arithmetic in which captured chunks come.
  if (!rule.has_channel_gates && !rule.reads_before_decay && rule.factors == ChannelFactors::kNone)
    return chunk_matrix(t.keys, t.beta, t.g, ChunkEntries::kBinary64);
  const auto chunk = static_cast<std::size_t>(t.chunk), width = static_cast<std::size_t>(t.width);
  const std::size_t gates = rule.has_channel_gates ? width : 1;
  std::vector<double> sums(t.g);
  for (std::size_t i = gates; i < sums.size(); ++i) sums[i] += sums[i - gates];
  std::vector<double> left(t.keys), right(t.keys);
  for (std::size_t i = 0; i < t.factors.size(); ++i)
    (rule.factors == ChannelFactors::kErase ? left : right)[i] *= t.factors[i];
  std::vector<double> a(chunk * chunk, 0.0);
  for (std::size_t i = 1; i < chunk; ++i) {
    const std::size_t read = (i - (rule.reads_before_decay ? 1 : 0)) * gates;
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0;
      // The difference is taken before the exponential, which is then at most 1.
      for (std::size_t d = 0; d < width; ++d) {
        const std::size_t gate = gates == 1 ? 0 : d;
        sum += left[i * width + d] * right[j * width + d] *
               std::exp(sums[read + gate] - sums[j * gates + gate]);
      }
      a[i * chunk + j] = t.beta[i] * t.feedback * sum;
    }
  }
  return a;
}

}  // namespace tricycle
