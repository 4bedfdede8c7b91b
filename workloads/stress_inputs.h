// SPDX-License-Identifier: Apache-2.0
//
// Inputs that an inversion may meet: tokens of one chunk and one head, as a delta rule admits them.
// What makes A is a rule; what makes tokens is a family of keys (key_families.h).
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/problem.h"
#include "workloads/tensor.h"

namespace tricycle {

/// The tokens of one chunk and one head.
struct ChunkTokens {
  std::int64_t chunk = 0, width = 0;
  std::vector<double> keys;     // chunk x width, row-major, each row of 2-norm 1
  std::vector<double> beta, g;  // one each token; g: logarithm of the gate
};

/// One row: a delta rule, which says what tokens may be and which matrix they give.  A rule with
/// gates of another shape gets its own members of ChunkTokens, matrix and tensors.
struct InputRule {
  std::string_view name;
  std::string_view summary;
  double beta_most;  // 0 < beta <= beta_most
  bool gated;        // g <= 0; without gates g = 0
  /// A, C x C, row-major, strictly lower triangular, rounded to binary32.
  std::vector<double> (*matrix)(const ChunkTokens& tokens);
  /// What a file holds, as the problem kind `captured` reads it.
  std::map<std::string, Tensor> (*tensors)(const ChunkTokens& tokens);
};

std::span<const InputRule> input_rules();
/// The row of a name.  Throws InputError with the closest name, or all names.
const InputRule& find_input_rule(std::string_view name, std::string_view option = "--rule");

/// How far the 2-norm of a key may be from 1.
inline constexpr double kUnitKeyError = 1e-12;
/// Why the rule does not admit these tokens: the first reason; empty where it does.
std::string reason_against(const InputRule& rule, const ChunkTokens& tokens);

/// The largest singular value of a square matrix, row-major, by power iteration: at most the true
/// one, and within a thousandth of it unless the two largest are closer to each other than that
/// matters.  Plain loops, the same bits everywhere.
double norm2(std::span<const double> matrix, std::int64_t size);

/// Portable draws: mt19937_64 is specified bit for bit, std's distributions are not.
class PortableDraw {
 public:
  explicit PortableDraw(std::uint64_t seed) : engine_(seed) {}
  /// A multiple of 2^-53 in [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// Nearly standard normal: the sum of twelve uniforms minus six (Irwin-Hall), without libm.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tricycle
