// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "workloads/tokens/input_rules.h"

namespace tricycle {

/// Tokens around given ones, with every beta and every gate free; keys stay.  Points of [0, 1]^n:
/// beta of each token, then (rules with gates) the root of its largest -g.  Where channels have
/// factors or gates of their own, the token's are moved together.
class FreeTokens {
 public:
  FreeTokens(const InputRule& rule, ChunkTokens base) : rule_(rule), base_(std::move(base)) {}

  /// The point of the given tokens, as near as the ranges allow.
  std::vector<double> start() const;
  /// Admissible (reason_against()) at every point.
  ChunkTokens tokens(std::span<const double> point) const;

 private:
  const InputRule& rule_;
  ChunkTokens base_;
};

}  // namespace tricycle
