// SPDX-License-Identifier: Apache-2.0
#include "workloads/tokens/input_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "models/closest_name.h"
#include "models/error.h"

namespace tricycle {

namespace {

constexpr std::array<InputRule, 10> kInputRules{{
    {"gdn", "Gated DeltaNet: 0 < beta <= 1, a gate a token", "gdn", 1, true, true},
    {"deltanet", "DeltaNet: 0 < beta <= 1, no gates", "gdn", 1, false, true},
    {"gdn_beta2", "Gated DeltaNet with negative eigenvalues: 0 < beta <= 2", "gdn", 2, true, true},
    {"deltanet_beta2", "DeltaNet with negative eigenvalues: 0 < beta <= 2", "gdn", 2, false, true},
    {"kda", "Kimi Delta Attention: 0 < beta <= 1, a gate a channel", "kda", 1, true, true},
    {"kda_beta2", "KDA with negative eigenvalues: 0 < beta <= 2", "kda", 2, true, true},
    {"gdn2", "GDN-2: a beta in (0, 1] and a gate a channel", "gdn2", 1, true, false},
    {"rwkv7", "RWKV-7: a factor in (0, 1] and a gate a channel", "rwkv7", 1, true, false},
    {"comba", "Comba: 0 < beta <= 1, reads before the decay, feedback 1", "comba", 1, true, false},
    {"preconditioned", "0 < beta <= 1, channels of keys times 2/3 .. 3/2", "preconditioned", 1,
     true, false},
}};

/// binary64, so that the file has the very tokens.
Tensor binary64_tensor(const std::vector<double>& values, std::vector<std::int64_t> shape) {
  Tensor tensor{"F64", std::move(shape), {}};
  for (const double value : values)
    for (unsigned shift = 0; shift < 64; shift += 8)
      tensor.bytes.push_back(
          static_cast<std::uint8_t>(std::bit_cast<std::uint64_t>(value) >> shift));
  return tensor;
}

double key_norm(const ChunkTokens& t, std::int64_t i) {
  double squares = 0;
  for (std::int64_t d = 0; d < t.width; ++d) {
    const double v = t.keys[static_cast<std::size_t>(i * t.width + d)];
    squares += v * v;
  }
  return std::sqrt(squares);
}

/// Whether all are in (low, high].
bool all_within(const std::vector<double>& values, double low, double high) {
  return std::ranges::all_of(values, [&](double v) { return v > low && v <= high; });
}

std::string sizes_against(const InputRule& rule, const ChunkTokens& t) {
  const auto chunk = static_cast<std::size_t>(t.chunk), width = static_cast<std::size_t>(t.width);
  const DeltaRule& row = rule.matrix_rule();
  const bool fits = t.keys.size() == chunk * width && t.beta.size() == chunk &&
                    t.g.size() == (row.has_channel_gates ? chunk * width : chunk) &&
                    t.factors.size() == (row.factors == ChannelFactors::kNone ? 0 : chunk * width);
  return fits ? "" : "sizes of keys, beta, g and factors do not belong together";
}

}  // namespace

bool InputRule::has_channel_beta() const {
  const ChannelFactors factors = matrix_rule().factors;
  return factors == ChannelFactors::kErase || factors == ChannelFactors::kWrite;
}

std::span<const InputRule> input_rules() { return kInputRules; }

const InputRule& find_input_rule(std::string_view name, std::string_view option) {
  return named_row(kInputRules, name, option, "rule");
}

std::string reason_against(const InputRule& rule, const ChunkTokens& t) {
  if (std::string sizes = sizes_against(rule, t); !sizes.empty()) return sizes;
  for (std::int64_t i = 0; i < t.chunk; ++i)
    if (const double norm = key_norm(t, i); !(std::abs(norm - 1) <= kUnitKeyError))
      return fmt::format("key {} has the 2-norm {}, not 1", i, norm);
  if (rule.has_channel_beta() ? !all_within(t.beta, 0.5, 1) || !all_within(t.factors, 0, 1)
                              : !all_within(t.beta, 0, rule.beta_most))
    return fmt::format("a beta is not in (0, {}]", rule.beta_most);
  if (rule.matrix_rule().factors == ChannelFactors::kPrecondition &&
      !all_within(t.factors, 0.999 / kPreconditionMost, kPreconditionMost))
    return fmt::format("a factor is not within {} times 1", kPreconditionMost);
  for (const double g : t.g)
    if (!(rule.gated ? g <= 0 : g == 0))
      return fmt::format("a gate g is {}, not {}", g, rule.gated ? "at most 0" : "0");
  return t.feedback == 1 ? "" : "the feedback is not 1";
}

std::vector<double> input_matrix(const InputRule& rule, const ChunkTokens& tokens) {
  std::vector<double> a = delta_rule_matrix(rule.matrix_rule(), tokens);
  for (double& entry : a) entry = static_cast<double>(static_cast<float>(entry));
  return a;
}

std::map<std::string, Tensor> input_tensors(const InputRule& rule, const ChunkTokens& t) {
  if (!rule.captured) return {{"A", binary64_tensor(input_matrix(rule, t), {t.chunk, t.chunk})}};
  std::vector<std::int64_t> gates{t.chunk, 1};
  if (rule.matrix_rule().has_channel_gates) gates.push_back(t.width);
  return {{"layer0.k", binary64_tensor(t.keys, {t.chunk, 1, t.width})},
          {"layer0.beta", binary64_tensor(t.beta, {t.chunk, 1})},
          {"layer0.g", binary64_tensor(t.g, gates)}};
}

}  // namespace tricycle
