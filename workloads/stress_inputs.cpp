// SPDX-License-Identifier: Apache-2.0
#include "workloads/stress_inputs.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>

#include "models/closest_name.h"
#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"

namespace tricycle {

namespace {

std::vector<double> one_gate_matrix(const ChunkTokens& t) {
  return chunk_matrix(t.keys, t.beta, t.g);
}

/// binary64, so that the file has the very tokens.
Tensor binary64_tensor(const std::vector<double>& values, std::vector<std::int64_t> shape) {
  Tensor tensor{"F64", std::move(shape), {}};
  for (const double value : values)
    for (int shift = 0; shift < 64; shift += 8)
      tensor.bytes.push_back(static_cast<std::uint8_t>(std::bit_cast<std::uint64_t>(value) >>
                                                       static_cast<unsigned>(shift)));
  return tensor;
}

std::map<std::string, Tensor> one_gate_tensors(const ChunkTokens& t) {
  return {{"layer0.k", binary64_tensor(t.keys, {t.chunk, 1, t.width})},
          {"layer0.beta", binary64_tensor(t.beta, {t.chunk, 1})},
          {"layer0.g", binary64_tensor(t.g, {t.chunk, 1})}};
}

constexpr std::array<InputRule, 4> kInputRules{{
    {"gdn", "Gated DeltaNet: 0 < beta <= 1, a gate a token, g <= 0", 1, true, one_gate_matrix,
     one_gate_tensors},
    {"deltanet", "DeltaNet: 0 < beta <= 1, no gates", 1, false, one_gate_matrix, one_gate_tensors},
    {"gdn_beta2", "Gated DeltaNet with negative eigenvalues: 0 < beta <= 2, g <= 0", 2, true,
     one_gate_matrix, one_gate_tensors},
    {"deltanet_beta2", "DeltaNet with negative eigenvalues: 0 < beta <= 2, no gates", 2, false,
     one_gate_matrix, one_gate_tensors},
}};

double dot_product(const double* a, const double* b, std::int64_t count) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

std::span<const InputRule> input_rules() { return kInputRules; }

const InputRule& find_input_rule(std::string_view name, std::string_view option) {
  std::vector<std::string_view> names;
  for (const InputRule& rule : kInputRules) {
    if (rule.name == name) return rule;
    names.push_back(rule.name);
  }
  const std::string_view closest = closest_name(name, names);
  throw InputError(fmt::format("{} {}: unknown rule{}", option, name,
                               closest.empty()
                                   ? fmt::format("; expected one of {}", fmt::join(names, ", "))
                                   : fmt::format(" (did you mean \"{}\"?)", closest)));
}

std::string reason_against(const InputRule& rule, const ChunkTokens& t) {
  for (std::int64_t i = 0; i < t.chunk; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double* key = t.keys.data() + i * t.width;
    const double norm = std::sqrt(dot_product(key, key, t.width));
    if (!(std::abs(norm - 1) <= kUnitKeyError))
      return fmt::format("key {} has the 2-norm {}, not 1", i, norm);
    if (!(t.beta[at] > 0 && t.beta[at] <= rule.beta_most))
      return fmt::format("beta {} is {}, not in (0, {}]", i, t.beta[at], rule.beta_most);
    if (!(rule.gated ? t.g[at] <= 0 : t.g[at] == 0))
      return fmt::format("g {} is {}, not {}", i, t.g[at], rule.gated ? "at most 0" : "0");
  }
  return "";
}

double norm2(std::span<const double> matrix, std::int64_t size) {
  constexpr int kMostSteps = 200;
  constexpr double kEnough = 1e-7;  // change of the square in a step
  const auto count = static_cast<std::size_t>(size);
  std::vector<double> x(count), y(count);
  // No singular vector of a matrix that somebody means is orthogonal to this.
  for (std::size_t i = 0; i < count; ++i) x[i] = 1 + 0.001 * static_cast<double>(i % 7);
  double square = 0;
  for (int step = 0; step < kMostSteps; ++step) {
    const double length = std::sqrt(dot_product(x.data(), x.data(), size));
    if (length == 0) return 0;
    for (double& v : x) v /= length;
    for (std::size_t i = 0; i < count; ++i)
      y[i] = dot_product(matrix.data() + i * count, x.data(), size);
    const double before = square;
    square = dot_product(y.data(), y.data(), size);
    if (std::abs(square - before) <= kEnough * square) break;
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) x[j] += matrix[i * count + j] * y[i];
  }
  return std::sqrt(square);
}

}  // namespace tricycle
