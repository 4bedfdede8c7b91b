// SPDX-License-Identifier: Apache-2.0
#include "workloads/tokens/key_families.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/closest_name.h"
#include "models/error.h"
#include "workloads/draw.h"

namespace tricycle {

namespace {

using Scale = FamilyParameter::Scale;
constexpr auto kWidth = static_cast<std::size_t>(kStressKeyWidth);

std::size_t tokens_of(const FamilyNoise& noise) { return static_cast<std::size_t>(noise.chunk); }

/// The numbers of token i.
const double* row_of(const std::vector<double>& matrix, std::size_t i) {
  return matrix.data() + i * kWidth;
}

/// binary32 hides the last digits of exp, log and pow, in which math libraries differ.
double in_binary32(double value) { return static_cast<double>(static_cast<float>(value)); }

/// out[i] = a + scale b, elementwise.
void put_sum(std::vector<double>& out, std::size_t i, const double* a, double scale,
             const double* b) {
  for (std::size_t x = 0; x < kWidth; ++x) out[i * kWidth + x] = a[x] + scale * b[x];
}

std::vector<double> equal_keys(std::span<const double>, const FamilyNoise& noise) {
  std::vector<double> keys;
  for (std::int64_t i = 0; i < noise.chunk; ++i)
    keys.insert(keys.end(), noise.common.begin(), noise.common.end());
  return keys;
}

/// values: spread
std::vector<double> near_collinear(std::span<const double> values, const FamilyNoise& noise) {
  std::vector<double> keys(noise.normal.size());
  for (std::size_t i = 0; i < tokens_of(noise); ++i)
    put_sum(keys, i, noise.common.data(), values[0], row_of(noise.normal, i));
  return keys;
}

/// values: period, spread
std::vector<double> repeated(std::span<const double> values, const FamilyNoise& noise) {
  const auto period = static_cast<std::size_t>(values[0]);
  std::vector<double> keys(noise.normal.size());
  for (std::size_t i = 0; i < tokens_of(noise); ++i)
    // The last rows are the keys that repeat: their own spread is of another row.
    put_sum(keys, i, row_of(noise.normal, tokens_of(noise) - 1 - i % period), values[1],
            row_of(noise.normal, i));
  return keys;
}

/// values: length, spread
std::vector<double> runs(std::span<const double> values, const FamilyNoise& noise) {
  const auto length = static_cast<std::size_t>(values[0]);
  std::vector<double> keys(noise.normal.size());
  for (std::size_t i = 0; i < tokens_of(noise); ++i)
    put_sum(keys, i, noise.common.data(), values[1], row_of(noise.normal, i / length));
  return keys;
}

/// values: change
std::vector<double> wandering(std::span<const double> values, const FamilyNoise& noise) {
  const double keep = std::sqrt(1 - values[0] * values[0]);
  std::vector<double> keys(noise.normal.size());
  std::vector<double> key = noise.common;
  for (std::size_t i = 0; i < tokens_of(noise); ++i)
    for (std::size_t x = 0; x < kWidth; ++x)
      keys[i * kWidth + x] = key[x] = keep * key[x] + values[0] * noise.normal[i * kWidth + x];
  return keys;
}

/// values: change, shift.  x sigmoid(x) of wandering numbers, as behind a convolution with SiLU.
std::vector<double> silu_keys(std::span<const double> values, const FamilyNoise& noise) {
  std::vector<double> keys = wandering(values, noise);
  for (double& v : keys) {
    const double x = v + values[1];
    v = in_binary32(x / (1 + std::exp(-x)));
  }
  return keys;
}

/// values: rank
std::vector<double> low_rank(std::span<const double> values, const FamilyNoise& noise) {
  const auto rank = static_cast<std::size_t>(values[0]);
  std::vector<double> keys(noise.normal.size(), 0.0);
  for (std::size_t i = 0; i < tokens_of(noise); ++i)
    std::copy_n(row_of(noise.normal, i), rank,
                keys.begin() + static_cast<std::ptrdiff_t>(i * kWidth));
  return keys;
}

/// values: half_tangent, spread.  Keys in a plane, each turned by the same angle from the last.
std::vector<double> turning(std::span<const double> values, const FamilyNoise& noise) {
  // Sine and cosine by the tangent of the half angle: no libm.
  const double t = values[0], c = (1 - t * t) / (1 + t * t), s = 2 * t / (1 + t * t);
  std::vector<double> keys(noise.normal.size());
  double x = 1, y = 0;
  for (std::size_t i = 0; i < tokens_of(noise); ++i) {
    std::vector<double> key(kWidth, 0.0);
    key[0] = x;
    key[1] = y;
    put_sum(keys, i, key.data(), values[1], row_of(noise.normal, i));
    const double next = c * x - s * y;
    y = s * x + c * y;
    x = next;
  }
  return keys;
}

FamilyParameter spread_of(std::string_view meaning, double low, double high) {
  return {"spread", meaning, low, high, Scale::kLogarithmic};
}

FamilyParameter change_of_key() {
  return {"change", "new part of a key, beside that of the last token", 1e-3, 1,
          Scale::kLogarithmic};
}

std::vector<KeyFamily> make_families() {
  return {
      {"equal", "one key, one beta and one gate for all tokens", {}, true, equal_keys},
      {"collinear",
       "a common key and noise",
       {spread_of("noise beside the common key", 1e-3, 10)},
       false,
       near_collinear},
      {"repeated",
       "few keys in turn",
       {{"period", "tokens after which keys repeat", 2, 16, Scale::kWhole},
        spread_of("noise beside them", 1e-3, 1)},
       false,
       repeated},
      {"runs",
       "runs of equal keys, all near a common one",
       {{"length", "tokens of a run", 2, 32, Scale::kWhole},
        spread_of("of the runs' keys beside the common one", 1e-2, 10)},
       false,
       runs},
      {"wandering", "each key near that of the token before", {change_of_key()}, false, wandering},
      {"silu",
       "SiLU of shifted, wandering numbers",
       {change_of_key(), {"shift", "of the numbers before SiLU", 0, 3, Scale::kLinear}},
       false,
       silu_keys},
      {"low_rank",
       "random keys in few dimensions",
       {{"rank", "dimensions", 1, 16, Scale::kWhole}},
       false,
       low_rank},
      {"turning",
       "keys in a plane, each turned by the same angle",
       {{"half_tangent", "tangent of half the angle", 1e-3, 10, Scale::kLogarithmic},
        spread_of("noise beside them", 1e-3, 1)},
       false,
       turning},
  };
}

/// Below this, beta makes A vanish: T = I + Y is I for every algorithm.
constexpr double kBetaLeast = 0.05;
constexpr double kGateLeast = 1e-6, kGateMost = 1;

/// Of beta and of the gates; those of the gates are last.
std::vector<FamilyParameter> token_parameters(const KeyFamily& family, const InputRule& rule) {
  std::vector<FamilyParameter> out{
      {"beta", "largest beta", kBetaLeast, rule.beta_most, Scale::kLinear}};
  if (rule.matrix_rule().factors == ChannelFactors::kPrecondition)
    out.push_back({"precondition", "exponents of 1.5 for channels of keys, from -it to it", 0, 1});
  if (!family.even)
    out.push_back({"beta_spread", "by how much of itself beta may be less", 0, 0.9});
  if (!rule.gated) return out;
  out.push_back({"gate", "largest -g", kGateLeast, kGateMost, Scale::kLogarithmic});
  if (!family.even) out.push_back({"gate_spread", "by how much of itself -g may be less", 0, 1});
  return out;
}

}  // namespace

double FamilyParameter::at(double unit) const {
  if (scale == Scale::kWhole) return std::min(high, low + std::floor(unit * (high - low + 1)));
  if (scale == Scale::kLinear) return low + unit * (high - low);
  const double value = std::exp(std::log(low) + unit * (std::log(high) - std::log(low)));
  return std::clamp(in_binary32(value), low, high);
}

const std::vector<KeyFamily>& key_families() {
  static const std::vector<KeyFamily> table = make_families();
  return table;
}

const KeyFamily& find_key_family(std::string_view name, std::string_view option) {
  return named_row(key_families(), name, option, "family");
}

FamilyInputs::FamilyInputs(const KeyFamily& family, const InputRule& rule, std::int64_t chunk,
                           std::uint64_t seed)
    : family_(family), rule_(rule), parameters_(family.parameters) {
  for (const FamilyParameter& parameter : token_parameters(family, rule))
    parameters_.push_back(parameter);
  Draw draw(seed);
  noise_.chunk = chunk;
  for (std::size_t x = 0; x < kWidth; ++x) noise_.common.push_back(draw.normal());
  for (std::int64_t i = 0; i < chunk * kStressKeyWidth; ++i) noise_.normal.push_back(draw.normal());
  const DeltaRule& row = rule.matrix_rule();
  const auto uniform = [&](bool of_channels) {
    std::vector<double> out;
    for (std::int64_t i = 0; i < chunk * (of_channels ? kStressKeyWidth : 1); ++i)
      out.push_back(draw.uniform());
    return out;
  };
  noise_.beta = uniform(row.factors != ChannelFactors::kNone);
  noise_.g = uniform(row.has_channel_gates);
}

std::vector<double> FamilyInputs::values(std::span<const double> point) const {
  std::vector<double> out;
  for (std::size_t p = 0; p < parameters_.size(); ++p) out.push_back(parameters_[p].at(point[p]));
  return out;
}

ChunkTokens FamilyInputs::tokens(std::span<const double> point) const {
  const std::vector<double> all = values(point);
  ChunkTokens out{.chunk = noise_.chunk, .width = kStressKeyWidth};
  out.keys = family_.keys(all, noise_);
  normalise_keys(out.keys, static_cast<std::size_t>(kStressKeyWidth));
  // Those that the rule or the family lacks are 0.
  const auto value = [&](std::string_view name) {
    for (std::size_t p = family_.parameters.size(); p < parameters_.size(); ++p)
      if (parameters_[p].name == name) return all[p];
    return 0.0;
  };
  const double beta = value("beta"), beta_spread = value("beta_spread");
  const auto drawn_beta = [&](double uniform) { return beta * (1 - beta_spread * uniform); };
  const ChannelFactors factors = rule_.matrix_rule().factors;
  const double exponent = value("precondition");
  for (std::size_t i = 0; i < tokens_of(noise_); ++i)
    out.beta.push_back(rule_.has_channel_beta() ? 1 : drawn_beta(noise_.beta[i]));
  if (factors != ChannelFactors::kNone)
    for (const double uniform : noise_.beta)
      out.factors.push_back(
          rule_.has_channel_beta()
              ? drawn_beta(uniform)
              : in_binary32(std::pow(kPreconditionMost, exponent * (2 * uniform - 1))));
  const double gate = value("gate"), gate_spread = value("gate_spread");
  for (const double uniform : noise_.g) out.g.push_back(-gate * (1 - gate_spread * uniform));
  return out;
}

}  // namespace tricycle
