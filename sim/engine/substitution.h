// SPDX-License-Identifier: Apache-2.0
//
// Substitution as a baseline: which of its forms a machine runs best.
#pragma once

#include <optional>
#include <string>

#include "models/hw_config.h"
#include "sim/engine/cut_search.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// A way to substitute, timed in steady state.
struct Substitution {
  const Algorithm* algorithm = nullptr;
  std::string setting;  // "blocked_substitution b=16"
  TimedProgram timed;
};

/// The substitution with the fewest cycles per chunk in steady state: rows one after the other
/// (forward_substitution), columns (column_sweep), or rows inside diagonal blocks of any size, the
/// blocks joined by products (blocked_substitution, block_elimination).  Nothing where the machine
/// runs none of them in that format.
std::optional<Substitution> best_substitution(const HwConfig& hw, int chunk, Format format);

}  // namespace tricycle
