// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/engine/run.h"

namespace tricycle::testing {

/// So many matrices of correlated keys.
inline PreparedProblem problem_of(std::int64_t chunk, std::int64_t matrices) {
  Problem problem;
  problem.chunk = chunk;
  problem.ensemble = "correlated";
  problem.matrices = matrices;
  return prepare(problem);
}

}  // namespace tricycle::testing
