// SPDX-License-Identifier: Apache-2.0
//
// The parameters that the masked Neumann method shares with other algorithms.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

std::pair<int, int> published_order_and_steps(int size) {
  // Tiny blocks need no more than N = C - 1 exact diagonals.
  if (size < 4) return {size - 1, 1};
  if (size <= 16) return {3, 4};
  if (size <= 32) return {4, 3};
  if (size <= 64) return {3, 8};
  return {3, size / 8};
}

/// Beyond 8 exact diagonals the start costs more products than any published setting.
std::vector<int> order_candidates(int chunk, const ParameterValues& chosen) {
  std::vector<int> values;
  for (int n = 1; n <= std::min(8, inverted_size(chunk, chosen) - 1); ++n) values.push_back(n);
  return values;
}

/// Every one up to 16, then multiples of 4.  E begins on sub-diagonal N + 1, so terms past
/// size / (N + 1) are zero; a power of two may be cheaper all the same.
std::vector<int> steps_candidates(int chunk, const ParameterValues& chosen) {
  const int diagonals = chosen.get(kOrder) + 1;
  const int most = (inverted_size(chunk, chosen) + diagonals - 1) / diagonals;
  std::vector<int> values;
  for (int s = 1; s <= most; s += s < 16 ? 1 : 4) values.push_back(s);
  const int power = static_cast<int>(std::bit_ceil(static_cast<unsigned>(most)));
  if (values.back() < power) values.push_back(power);
  return values;
}

}  // namespace

int inverted_size(int chunk, const ParameterValues& values) {
  return std::min(chunk, values.get_or(kBlock, chunk));
}

ParameterRange range_in_block(int chunk, const ParameterValues& values, int high) {
  return {1, high, fmt::format("for blocks of {}", inverted_size(chunk, values))};
}

int published_order(int chunk, const ParameterValues& values) {
  return published_order_and_steps(inverted_size(chunk, values)).first;
}

int published_steps(int chunk, const ParameterValues& values) {
  return published_order_and_steps(inverted_size(chunk, values)).second;
}

Parameter order_parameter(Parameter::Rule<int> usual, std::string_view what) {
  return {.key = kOrder.name,
          .symbol = "N",
          .values =
              "integer in [1, block - 1]; published: 3 up to 16, 4 up to 32, 3 beyond; "
              "masked_newton: 3",
          .meaning =
              "terms of the truncated Neumann series: sub-diagonals of the start that are "
              "exact",
          .usual = std::move(usual),
          .range =
              [what](int chunk, const ParameterValues& values) {
                const int size = inverted_size(chunk, values);
                return ParameterRange{1, size - 1, fmt::format("for {} of {}", what, size)};
              },
          .candidates = order_candidates};
}

Parameter steps_parameter(Parameter::Rule<int> usual, Parameter::Rule<ParameterRange> range) {
  return {.key = kSteps.name,
          .symbol = "S",
          .values =
              "integer in [1, block]; published: 4 up to 16, 3 up to 32, 8 up to 64; "
              "newton_schulz: in [1, 64], default ceil(log2 C), from scaled_identity max(12, "
              "ceil(2 log2 C))",
          .meaning =
              "terms of the residual series: exact on the first (N + 1) S diagonals; "
              "newton_schulz: iterations",
          .usual = std::move(usual),
          .range = std::move(range),
          .candidates = steps_candidates};
}

}  // namespace tricycle
