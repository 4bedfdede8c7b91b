// SPDX-License-Identifier: Apache-2.0
#include "workloads/tokens/token_chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "models/error.h"
#include "workloads/draw.h"
#include "workloads/late_gates.h"
#include "workloads/safetensors.h"
#include "workloads/spectral_norm.h"
#include "workloads/tokens/delta_rules.h"

namespace tricycle {

namespace {

constexpr std::size_t kTokenKeyWidth = 128;

double logit(double p) { return std::log(p / (1 - p)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The normal parts that a chunk's keys are made of.
struct KeyParts {
  std::vector<double> common;  // width
  std::vector<double> own;     // C x width
};

KeyParts draw_parts(const TokenProblem& t, std::size_t chunk, Draw& draw) {
  constexpr std::size_t kWidth = kTokenKeyWidth;
  KeyParts parts{std::vector<double>(kWidth), std::vector<double>(chunk * kWidth)};
  for (double& v : parts.common) v = draw.normal();
  for (double& v : parts.own) v = draw.normal();
  const double rest = std::sqrt(1 - t.correlation * t.correlation);
  for (std::size_t i = kWidth; i < parts.own.size(); ++i)
    parts.own[i] = t.correlation * parts.own[i - kWidth] + rest * parts.own[i];
  if (t.vocabulary > 0) {
    const std::vector<double> words = parts.own;
    const std::size_t size = std::min(static_cast<std::size_t>(t.vocabulary), chunk);
    for (std::size_t i = 0; i < chunk; ++i)
      std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(draw.below(size) * kWidth), kWidth,
                  parts.own.begin() + static_cast<std::ptrdiff_t>(i * kWidth));
  }
  return parts;
}

std::vector<double> keys_of(const TokenProblem& t, const KeyParts& parts, double spread) {
  const bool collinear = t.keys == "collinear";
  std::vector<double> keys(parts.own.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const double z = t.shift + (collinear ? parts.common[i % kTokenKeyWidth] + spread * parts.own[i]
                                          : parts.own[i]);
    keys[i] = t.activation == "silu" ? z * sigmoid(z) : z;
  }
  normalise_keys(keys, kTokenKeyWidth);
  return keys;
}

void draw_gates(const TokenProblem& t, const DeltaRule& rule, Draw& draw, ChunkTokens& tokens) {
  const auto draw_beta = [&] {
    const double away = t.beta_spread * draw.normal();
    // A beta at its limit has no finite logit.
    return t.beta == t.beta_limit ? t.beta_limit
                                  : t.beta_limit * sigmoid(logit(t.beta / t.beta_limit) + away);
  };
  const bool of_channels =
      rule.factors == ChannelFactors::kErase || rule.factors == ChannelFactors::kWrite;
  for (std::int64_t i = 0; i < tokens.chunk; ++i)
    tokens.beta.push_back(of_channels ? 1 : draw_beta());
  const std::int64_t width = rule.has_channel_gates ? tokens.width : 1;
  for (std::int64_t i = 0; i < tokens.chunk; ++i)
    for (std::int64_t d = 0; d < width; ++d) {
      const double gate = draw.uniform(t.gate_low, t.gate_high);
      tokens.g.push_back(i % t.householders == 0 ? gate : 0);
    }
  tokens.feedback = t.feedback;
  if (rule.factors == ChannelFactors::kNone) return;
  for (std::int64_t i = 0; i < tokens.chunk * tokens.width; ++i)
    tokens.factors.push_back(of_channels ? draw_beta()
                                         : std::pow(kPreconditionMost, draw.uniform(-1, 1)));
}

/// Tensors [tokens, heads] of real betas and gates.
class RealGates {
 public:
  RealGates(const std::string& path, std::size_t chunk) : chunk_(chunk) {
    const std::map<std::string, Tensor> tensors = read_safetensors(path);
    const auto get = [&](const std::string& name) -> const Tensor& {
      const auto found = tensors.find(name);
      if (found == tensors.end() || found->second.shape.size() != 2)
        throw InputError(
            fmt::format("{}: expected tensors \"beta\" and \"g\" [tokens, heads]", path));
      return found->second;
    };
    const Tensor &beta = get("beta"), &g = get("g");
    tokens_ = static_cast<std::size_t>(beta.shape[0]);
    heads_ = static_cast<std::size_t>(beta.shape[1]);
    beta_ = to_doubles(beta, path);
    g_ = to_doubles(g, path);
    bool fits = beta.shape == g.shape;
    for (std::size_t i = 0; fits && i < beta_.size(); ++i)
      fits = beta_[i] >= 0 && beta_[i] <= 2 && g_[i] <= 0;
    if (!fits)
      throw InputError(fmt::format(
          "{}: expected beta and g of one shape, 0 <= beta <= 2 and g <= 0 everywhere", path));
  }
  std::size_t chunks_a_head() const { return tokens_ / chunk_; }
  std::size_t count() const { return heads_ * chunks_a_head(); }

  void take(std::size_t head, std::size_t c, ChunkTokens& tokens) const {
    for (std::size_t t = c * chunk_; t < (c + 1) * chunk_; ++t) {
      tokens.beta.push_back(beta_[t * heads_ + head]);
      tokens.g.push_back(g_[t * heads_ + head]);
    }
  }

 private:
  std::size_t chunk_, tokens_ = 0, heads_ = 0;
  std::vector<double> beta_, g_;
};

/// Keys of key head 0 of a captured model's layers.
class CapturedKeys {
 public:
  CapturedKeys(const std::string& path, std::size_t chunk) : chunk_(chunk) {
    for (const auto& [name, tensor] : read_safetensors(path)) {
      if (!name.starts_with("layer") || !name.ends_with(".k") || tensor.shape.size() != 3) continue;
      const std::vector<double> all = to_doubles(tensor, path);
      const auto width = static_cast<std::size_t>(tensor.shape[2]);
      if (all.empty() || (width_ != 0 && width != width_))
        throw InputError(
            fmt::format("{}: tensor \"{}\": expected keys of one width in all layers", path, name));
      width_ = width;
      const auto step = static_cast<std::size_t>(tensor.shape[1]) * width_;
      std::vector<double> first;
      for (std::size_t t = 0; t < all.size(); t += step)
        first.insert(first.end(), all.begin() + static_cast<std::ptrdiff_t>(t),
                     all.begin() + static_cast<std::ptrdiff_t>(t + width_));
      if (first.size() >= chunk * width_) layers_.push_back(std::move(first));
    }
    if (layers_.empty())
      throw InputError(
          fmt::format("{}: expected tensors \"layerL.k\" [tokens, key heads, width] of {} tokens",
                      path, chunk));
  }
  std::size_t width() const { return width_; }
  std::vector<double> take(std::size_t head, std::size_t c) const {
    constexpr std::size_t kStride = 5;
    const std::vector<double>& layer = layers_[head % layers_.size()];
    const std::size_t size = chunk_ * width_;
    const std::size_t at = (kStride * c + head) % (layer.size() / size) * size;
    const auto begin = layer.begin() + static_cast<std::ptrdiff_t>(at);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
  }

 private:
  std::size_t chunk_, width_ = 0;
  std::vector<std::vector<double>> layers_;  // tokens x width
};

/// A with keys of the given norm |A|_2: the less keys spread, the larger it is.
std::vector<double> matrix_of_norm(const Problem& problem, const DeltaRule& rule,
                                   const KeyParts& parts, ChunkTokens& tokens) {
  const auto with = [&](double spread) {
    tokens.keys = keys_of(problem.tokens, parts, spread);
    return delta_rule_matrix(rule, tokens);
  };
  const double norm = problem.tokens.norm;
  double low = 0, high = 64;
  const auto norm_at = [&](double spread) {
    return spectral_norm(with(spread), static_cast<std::size_t>(tokens.chunk));
  };
  const double most = norm_at(low), least = norm_at(high);
  if (norm > most || norm < least)
    throw InputError(fmt::format(
        "problem {}: input.tokens.norm: expected between {:.4g} and {:.4g}, which its betas and "
        "gates allow, got {:.4g}",
        problem.name, least, most, norm));
  constexpr int kSteps = 40;
  for (int step = 0; step < kSteps; ++step) {
    const double middle = (low + high) / 2;
    (norm_at(middle) > norm ? low : high) = middle;
  }
  return with(low);
}

}  // namespace

std::vector<ChunkMatrix> token_chunks(const Problem& problem) {
  const TokenProblem& t = problem.tokens;
  const DeltaRule& rule = find_delta_rule(t.rule);
  const auto chunk = static_cast<std::size_t>(problem.chunk);
  const auto wanted = static_cast<std::size_t>(problem.matrices);
  std::optional<RealGates> gates;
  std::optional<CapturedKeys> keys;
  if (!t.gates_file.empty()) gates.emplace(t.gates_file, chunk);
  if (t.keys == "captured") keys.emplace(t.keys_file, chunk);
  if (gates && gates->count() < wanted)
    throw InputError(fmt::format("{}: expected at least {} chunks of {}, got {}", t.gates_file,
                                 wanted, chunk, gates->count()));
  Draw draw(static_cast<std::uint64_t>(problem.seed));
  std::vector<ChunkMatrix> out;
  for (std::size_t index = 0; index < wanted; ++index) {
    const std::size_t place = gates ? index * gates->count() / wanted : index;
    const std::size_t head = gates ? place / gates->chunks_a_head() : 0;
    const std::size_t c = gates ? place % gates->chunks_a_head() : index;
    ChunkTokens tokens{problem.chunk,
                       static_cast<std::int64_t>(keys ? keys->width() : kTokenKeyWidth)};
    KeyParts parts;
    if (!keys) parts = draw_parts(t, chunk, draw);
    if (gates)
      gates->take(head, c, tokens);
    else
      draw_gates(t, rule, draw, tokens);
    LateGates late;
    if (problem.gates_in != GatesIn::kMatrix) {
      late = late_gates(problem.gates_in, tokens.g);
      std::ranges::fill(tokens.g, 0.0);
    }
    std::vector<double> a;
    if (t.norm > 0) {
      a = matrix_of_norm(problem, rule, parts, tokens);
    } else {
      tokens.keys = keys ? keys->take(head, c) : keys_of(t, parts, t.spread);
      a = delta_rule_matrix(rule, tokens);
    }
    const std::string label =
        gates ? fmt::format("head{}.t{}", head, c * chunk) : fmt::format("{}.{}", t.keys, index);
    for (double& entry : a) {
      entry = static_cast<double>(static_cast<float>(entry));
      if (!std::isfinite(entry))
        throw InputError(
            fmt::format("problem {}: {}: an entry of A is {}; keys and gates must be finite",
                        problem.name, label, entry));
    }
    out.push_back({label, problem.chunk, std::move(a), std::move(late)});
  }
  return out;
}

}  // namespace tricycle
