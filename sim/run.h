// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/run_result.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"
#include "workloads/problem.h"

namespace tricycle {

/// A problem's matrices and their double-precision inverses, made once and shared by many runs.
struct PreparedProblem {
  Problem problem;
  std::vector<ChunkMatrix> chunks;
  std::vector<Oracle> oracles;
};
PreparedProblem prepare(const Problem& problem);

/// Lowers, simulates all chunks with their values, and one chunk alone for its latency; compares
/// with the oracle. Throws InputError (format, memory, parameters) and RunError (deadlock).
RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Algorithm& algorithm,
              const AlgorithmOptions& options, Format format);

/// Sets speedup where forward_substitution of the same machine and format is among the results, and
/// sorts: machines in the order given, then fewest cycles a chunk first.
void rank(std::vector<RunResult>& results);

}  // namespace tricycle
