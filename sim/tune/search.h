// SPDX-License-Identifier: Apache-2.0
//
// One algorithm on one machine in one format: its settings that no other setting beats in both
// cost and accuracy.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/run_result.h"
#include "sim/tune/accuracy_table.h"
#include "sim/tune/goal.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// A point is on a front only if it is so much better than every cheaper one, or the first to meet
/// the tolerance: smaller differences are noise of the rounding.
inline constexpr double kFrontStepDb = 0.1;
/// A result whose error is as large as itself is of no use.
inline constexpr double kUselessDb = 0;

/// A setting with what it costs and gives.
struct TunedPoint {
  const Algorithm* algorithm = nullptr;
  AlgorithmOptions options;
  std::string parameters;  // as to_text()
  int chunk = 0;
  double cycles_per_chunk = 0;                // steady state
  std::optional<double> energy_pj_per_chunk;  // .. of machines that have a section `cost`
  double cost_per_chunk = 0;                  // the one of the two that TuneGoal::cost names
  double quality_db = 0;
  AccuracySummary accuracy;
  bool meets = false;
  std::optional<double> extra_bits;  // metric bits_per_byte: more than the exact inverse's loss

  double cycles_per_token() const { return cycles_per_chunk / chunk; }
  double cost_per_token() const { return cost_per_chunk / chunk; }
};

struct SearchCounts {
  std::size_t settings = 0;   // candidates that fit the machine
  std::size_t unfit = 0;      // .. and that do not
  std::size_t accurate = 0;   // computed on every chunk
  std::size_t simulated = 0;  // with cycles
};

struct TunedAlgorithm {
  const Algorithm* algorithm = nullptr;
  int chunk = 0;
  std::vector<TunedPoint> front;  // cheapest first
  SearchCounts counts;
  std::string fault;  // the first reason why a setting does not fit
};

/// What all settings of a search have in common.
struct SearchSpace {
  const HwConfig& hw;
  Format format;
  const TuneGoal& goal;
  double tolerance_db;  // infinite: none, the front alone is wanted
  AlgorithmOptions fixed;
  /// Points of other algorithms at the same chunk size: what they beat is left out, but for the
  /// cheapest that meets the tolerance.
  std::vector<TunedPoint> others;
};

/// The front of all candidates (candidate_options()).  Exact but for kFrontStepDb: candidates are
/// taken in the order of what they cost at the least (least_cost_per_chunk()); one is left out
/// only when a cheaper one is known to be as accurate, and the algorithm's cheapest that meets the
/// tolerance is never left out.
TunedAlgorithm search(const SearchSpace& space, const Algorithm& algorithm, AccuracyTable& table);

/// One setting, whatever it is like.  Throws InputError (format, memory, parameters).
TunedPoint measure(const SearchSpace& space, const Algorithm& algorithm,
                   const AlgorithmOptions& options, AccuracyTable& table);

/// The points no other of them beats, cheapest a token first.
std::vector<TunedPoint> front_of(std::vector<TunedPoint> points);

}  // namespace tricycle
