// SPDX-License-Identifier: Apache-2.0
//
// Which tokens an inversion may meet: those that a delta rule (delta_rules.h) admits, with its
// range of beta and its gates.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/tensor.h"
#include "workloads/tokens/delta_rules.h"

namespace tricycle {

/// One row.
struct InputRule {
  std::string_view name;
  std::string_view summary;
  std::string_view delta_rule;  // the row of delta_rules() that makes A
  /// 0 < beta <= beta_most; of every channel where the rule has factors in place of beta.
  double beta_most;
  bool gated;     // g <= 0; else g = 0
  bool captured;  // files of captured tokens can hold them; else a file holds A

  const DeltaRule& matrix_rule() const { return find_delta_rule(delta_rule); }
  /// Whether channels have factors in place of the token's beta, which is then 1.
  bool has_channel_beta() const;
};

std::span<const InputRule> input_rules();
/// The row of a name.  Throws InputError with the closest name, or all names.
const InputRule& find_input_rule(std::string_view name, std::string_view option = "--rule");

/// How far the 2-norm of a key may be from 1.
inline constexpr double kUnitKeyError = 1e-12;
/// Why the rule does not admit these tokens: the first reason; empty where it does.
std::string reason_against(const InputRule& rule, const ChunkTokens& tokens);

/// A, C x C, row-major, strictly lower triangular, rounded to binary32 as models hand it over.
std::vector<double> input_matrix(const InputRule& rule, const ChunkTokens& tokens);

/// What a file of the input holds: "layer0.k", "layer0.beta" and "layer0.g" as the problem kind
/// `captured` reads them, in binary64, or "A" for the kind `matrices`.
std::map<std::string, Tensor> input_tensors(const InputRule& rule, const ChunkTokens& tokens);

}  // namespace tricycle
