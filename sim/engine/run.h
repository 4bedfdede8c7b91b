// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/run_result.h"
#include "models/run_trace.h"
#include "sim/engine/run_watch.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"
#include "workloads/problem.h"

namespace tricycle {

/// A problem's matrices and their double-precision inverses, made once and shared by many runs.
struct PreparedProblem {
  Problem problem;
  std::vector<ChunkMatrix> chunks;
  std::vector<Oracle> oracles;
  std::string input_digest;  // workloads/inputs.h
  std::string input_note;    // what of the file was left out or read otherwise, without its name
};
/// Throws InputError: unreadable or unsuitable input, more than this host's memory holds.
PreparedProblem prepare(const Problem& problem);

/// Lowers, simulates all chunks with their values, and one chunk alone for its latency; compares
/// with the oracle. Throws InputError (format, memory, parameters) and RunError (deadlock).
/// `cut`: what is fixed of how the program is cut (lower_fastest()); the rest is the best.
/// `trace`, if any, receives the program and what its first item_limit chunks did; `watch`, if any,
/// is told how far the run is.
RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Algorithm& algorithm,
              const AlgorithmOptions& options, Format format, Fidelity fidelity = Fidelity::kTile,
              RunTrace* trace = nullptr, RunWatch* watch = nullptr, const Cut& cut = {});

/// The same for a program of one's own in place of a lowered one: a chunk A in, Y out.  Its result
/// names kProgramAlgorithm, and as parameters the digest of its text.  Throws InputError where it
/// does not fit the problem.
RunResult run(const HwConfig& hw, const PreparedProblem& problem, const Program& program,
              Fidelity fidelity = Fidelity::kTile, RunTrace* trace = nullptr,
              RunWatch* watch = nullptr);

/// What the values of a run say; they never depend on time, nor time on them.
struct RunValues {
  AccuracySummary accuracy;
  std::string output_digest;
  /// Whether every cut of the program has these bits: tiles known to be zero are skipped, which
  /// shows where an operand is infinite or NaN.
  bool any_cut = false;
};

/// The values alone, in program order.
RunValues run_values(const HwConfig& hw, const PreparedProblem& problem, const Program& program);

/// What names a run's configurations in its result; who makes many runs makes them once.
struct RunDigests {
  std::string machine, cost_tables, problem;
};
RunDigests digests(const HwConfig& hw, const Problem& problem);

/// What run() takes.
struct RunInput {
  const HwConfig& hw;
  const PreparedProblem& problem;
  const Algorithm& algorithm;
  const AlgorithmOptions& options;
  Format format;
};
/// run() with the values from elsewhere: values(parameters, program) is called once, behind the
/// simulations.
RunResult run_timed(
    const RunInput& input, const RunDigests& digests,
    const std::function<RunValues(const AlgorithmParameters&, const Program&)>& values);

/// Accumulator, order of the sums and multiply-add (fixed point: overflow) of a format: "fp32
/// sequential separate".
std::string accumulation_text(const HwConfig& hw, Format format);

/// SHA-256 of the resolved text of a machine, its cost tables by their file's name alone (their
/// text has a digest of its own).
std::string digest(const HwConfig& hw);
/// SHA-256 of the resolved text of a problem, a file by its name alone: the same wherever it
/// stands.
std::string digest(const Problem& problem);
/// SHA-256 of the resolved text of a machine's cost tables; empty where it has none.
std::string cost_tables_digest(const HwConfig& hw);

/// Sets speedup where forward_substitution of the same machine and format is among the results, and
/// sorts: machines in the order given, then fewest cycles a chunk first.
void rank(std::vector<RunResult>& results);

}  // namespace tricycle
