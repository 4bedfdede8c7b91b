// SPDX-License-Identifier: Apache-2.0
#include "workloads/tokens/free_tokens.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

namespace {

constexpr double kFreeBetaLeast = 0.005;
constexpr double kFreeGateMost = 1;

std::span<double> of_token(std::vector<double>& values, std::size_t token, std::size_t count) {
  return std::span(values).subspan(token * count, count);
}

/// The largest -g of a token.
double strongest(std::span<const double> gates) { return -*std::ranges::min_element(gates); }

}  // namespace

std::vector<double> FreeTokens::start() const {
  std::vector<double> point;
  for (const double beta : base_.beta)
    point.push_back(
        rule_.has_channel_beta()
            ? 1  // factors as they are
            : std::clamp((beta - kFreeBetaLeast) / (rule_.beta_most - kFreeBetaLeast), 0.0, 1.0));
  if (!rule_.gated) return point;
  const std::size_t gates = base_.g.size() / base_.beta.size();
  for (std::size_t i = 0; i < base_.beta.size(); ++i)
    point.push_back(std::clamp(
        std::sqrt(strongest(std::span(base_.g).subspan(i * gates, gates)) / kFreeGateMost), 0.0,
        1.0));
  return point;
}

ChunkTokens FreeTokens::tokens(std::span<const double> point) const {
  ChunkTokens out = base_;
  const std::size_t count = out.beta.size(), gates = out.g.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    if (rule_.has_channel_beta())
      for (double& factor : of_token(out.factors, i, static_cast<std::size_t>(out.width)))
        factor *= kFreeBetaLeast + point[i] * (1 - kFreeBetaLeast);
    else
      out.beta[i] = kFreeBetaLeast + point[i] * (rule_.beta_most - kFreeBetaLeast);
    if (!rule_.gated) continue;
    const double most = strongest(of_token(out.g, i, gates));
    const double wanted = kFreeGateMost * point[count + i] * point[count + i];
    for (double& g : of_token(out.g, i, gates)) g = most > 0 ? g / most * wanted : -wanted;
  }
  return out;
}

}  // namespace tricycle
