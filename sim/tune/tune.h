// SPDX-License-Identifier: Apache-2.0
//
// Finds the cheapest way to invert on a machine within a tolerance, and the alternatives that it
// beat.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/tune/search.h"

namespace tricycle {

/// One chunk size of the problem: its matrices, and what is known about settings on them.
struct TunedProblem {
  PreparedProblem problem;
  AccuracyTable table;

  TunedProblem(PreparedProblem prepared, int threads)
      : problem(std::move(prepared)), table(problem, threads) {}
  TunedProblem(const TunedProblem&) = delete;
};

/// The outcome for one machine and format.
struct TunedFormat {
  const HwConfig* hw = nullptr;
  Format format = Format::kFp16;
  /// Chunk sizes in the order given; within each, algorithms with few settings first.
  std::vector<TunedAlgorithm> algorithms;
  std::vector<TunedPoint> front;       // of all algorithms
  std::optional<double> tolerance_db;  // at the first chunk size; for metrics of accuracy
  std::optional<TunedPoint> winner;
  std::optional<TunedPoint>
      runner_up;  // the cheapest of another algorithm that meets the tolerance
  std::optional<TunedPoint> most_accurate;
  /// At the first chunk size: the published setting, and the sequential baseline.
  std::optional<TunedPoint> published, forward_substitution;
};

/// More bits per byte than with the exact inverse that a language model loses to this setting.
using LossMeter = std::function<double(const TunedPoint&, const HwConfig&, Format)>;
/// Below this quality, a model's loss is not worth measuring.
inline constexpr double kLossScreenDb = 10;

struct TuneRequest {
  std::vector<const Algorithm*> algorithms;
  TuneGoal goal;
  AlgorithmOptions fixed;  // parameters that are not searched
  LossMeter loss;          // for metric bits_per_byte
  SafetyMeter safety{};    // for TuneGoal::safe
};

/// Searches every algorithm at every chunk size; `begin` is called before each search.  With the
/// metric bits_per_byte, the model runs on the front of every algorithm, cheapest first, until a
/// setting meets the tolerance.
TunedFormat tune(const HwConfig& hw, Format format, std::vector<TunedProblem*> problems,
                 const TuneRequest& request, const std::function<void(const std::string&)>& begin);

/// The algorithm that arXiv 2606.06034 uses for a chunk size: neumann_masked, by blocks beyond 64.
const Algorithm& published_algorithm(int chunk);

}  // namespace tricycle
