// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/run_result.h"
#include "models/run_trace.h"
#include "sim/engine/cut_search.h"
#include "sim/engine/run_watch.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"
#include "workloads/problem.h"

namespace tricycle {

/// A problem's matrices and their double-precision inverses.  They are made once and shared by many
/// runs.
struct PreparedProblem {
  Problem problem;
  std::vector<ChunkMatrix> chunks;
  std::vector<Oracle> oracles;
  std::string input_digest;  // workloads/inputs.h
  /// What of the file was left out or read differently; the file is not named
  std::string input_note;
};
/// Throws InputError where the input is unreadable or unsuitable, or does not fit into this host's
/// memory.
PreparedProblem prepare(const Problem& problem);

/// Lowers the algorithm, simulates all chunks with their values, and one chunk alone for its
/// latency.  Compares the results with the oracle.
///
/// `cut`: what is fixed of the program's tiling (lower_fastest()); the rest is the best choice.
/// `trace`, if any, receives the program and what its first item_limit chunks did.  `watch`, if
/// any, is told how far the run is.  Throws InputError (format, memory, parameters) and RunError
/// (deadlock).
RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Algorithm& algorithm,
              const AlgorithmOptions& options, Format format, Fidelity fidelity = Fidelity::kTile,
              RunTrace* trace = nullptr, RunWatch* watch = nullptr, const Cut& cut = {});

/// The same for a user's own program instead of a lowered one; per chunk it reads A and writes Y.
/// The result names kProgramAlgorithm, and as parameters the digest of the program's text.  Throws
/// InputError where the program does not fit the problem.
RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Program& program,
              Fidelity fidelity = Fidelity::kTile, RunTrace* trace = nullptr,
              RunWatch* watch = nullptr);

/// What the values of a run give.  Values never depend on time, nor time on values.
struct RunValues {
  AccuracySummary accuracy;
  std::string output_digest;
  /// Whether every cut of the program gives these bits.  Tiles known to be zero are skipped, which
  /// can change the bits where an operand is infinite or NaN.
  bool any_cut = false;
};

/// Computes the values alone, in program order.
RunValues run_values(const HwConfig& hw, const PreparedProblem& problem, const Program& program);

/// The digests that name a run's configurations in its result.  Code that makes many runs computes
/// them once.
struct RunDigests {
  std::string machine, cost_tables, problem;
};
RunDigests digests(const HwConfig& hw, const Problem& problem);

/// The inputs of run().
struct RunInput {
  const HwConfig& hw;
  const PreparedProblem& problem;
  const Algorithm& algorithm;
  const AlgorithmOptions& options;
  Format format;
};
/// run() with the values from elsewhere: values(parameters, lowered) is called once, after the
/// simulations.
RunResult run_timed(
    const RunInput& input, const RunDigests& digests,
    const std::function<RunValues(const AlgorithmParameters&, const TimedProgram&)>& values);

/// How a format accumulates: accumulator, order of the sums and multiply-add (fixed point:
/// overflow), and where linear terms are added (default: the usual way).  For example "fp32
/// sequential separate".
std::string accumulation_text(const HwConfig& hw, Format format,
                              std::optional<LinearTerms> terms = {});

/// SHA-256 of the resolved text of a machine.  Its cost tables count by their file name alone,
/// since their text has a digest of its own.
std::string digest(const HwConfig& hw);
/// SHA-256 of the resolved text of a problem.  A file counts by its name alone, so the digest does
/// not depend on where the file is.
std::string digest(const Problem& problem);
/// SHA-256 of the resolved text of a machine's cost tables; empty where it has none.
std::string cost_tables_digest(const HwConfig& hw);

/// Sets speedup where forward_substitution of the same machine and format is among the results.
/// Then sorts: machines in the order given, within each the fewest cycles per chunk first.
void rank(std::vector<RunResult>& results);

}  // namespace tricycle
