// SPDX-License-Identifier: Apache-2.0
//
// Searches the settings of one algorithm on one machine in one format.  Finds those that no other
// setting beats in both cost and accuracy.
#pragma once

#include <functional>
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

/// A point must be better by this much than every cheaper one to be on a front, or be the first to
/// meet the tolerance.  Smaller differences are rounding noise.
inline constexpr double kFrontStepDb = 0.1;
/// A result whose error is as large as the result itself is of no use.
inline constexpr double kUselessDb = 0;

/// A setting with its cost and its quality.
struct TunedPoint {
  const Algorithm* algorithm = nullptr;
  AlgorithmOptions options;
  std::string parameters;  // as to_text()
  LinearTerms linear_terms = LinearTerms::kVector;
  int chunk = 0;
  double cycles_per_chunk = 0;  // steady state
  /// Also steady state; of machines that have a section `cost`
  std::optional<double> energy_pj_per_chunk;
  double cost_per_chunk = 0;  // the cost that TuneGoal::cost selects
  double quality_db = 0;
  AccuracySummary accuracy;
  bool meets = false;
  /// The worst error of Y that a search for inputs found (TuneGoal::safe); of those looked at.
  std::optional<double> worst_found{};
  /// For metric bits_per_byte: by how much the loss exceeds that of the exact inverse.
  std::optional<double> extra_bits;

  double cycles_per_token() const { return cycles_per_chunk / chunk; }
  double cost_per_token() const { return cost_per_chunk / chunk; }
};

/// What is asked of a search for worst inputs: the worst error, or whether one is beyond the limit.
enum class SafetyQuestion : std::uint8_t { kWorst, kHolds };
/// A relative error of Y that such a search finds of a setting; infinite where a result is not
/// finite.  kHolds: of a setting that does not hold, any error beyond the limit.
using SafetyMeter =
    std::function<double(const TunedPoint&, const HwConfig&, Format, SafetyQuestion)>;

struct SearchCounts {
  std::size_t settings = 0;   // candidates that fit the machine
  std::size_t unfit = 0;      // candidates that do not fit it
  std::size_t accurate = 0;   // those computed on every chunk
  std::size_t simulated = 0;  // those whose cycles were simulated
  std::size_t unsafe = 0;     // those left out since a search for inputs broke them
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
  double tolerance_db;  // infinite: there is none, only the front is wanted
  AlgorithmOptions fixed;
  /// Points of other algorithms at the same chunk size.  Points that these beat are left out,
  /// except the cheapest that meets the tolerance.
  std::vector<TunedPoint> others;
  /// Beside the tolerance, what a setting must survive; none where TuneGoal::safe is none.
  SafetyMeter safety{};
};

/// The front of all candidates (candidate_options()), exact up to kFrontStepDb.  Candidates are
/// tried in the order of their least cost (least_cost_per_chunk()).  One is left out only when a
/// cheaper one is known to be as accurate.  The algorithm's cheapest one that meets the tolerance
/// is never left out.
TunedAlgorithm search(const SearchSpace& space, const Algorithm& algorithm, AccuracyTable& table);

/// Measures one setting, whatever its quality, with these linear terms or with those that are
/// fastest.  Throws InputError (format, memory, parameters).
TunedPoint measure(const SearchSpace& space, const Algorithm& algorithm,
                   const AlgorithmOptions& options, AccuracyTable& table,
                   std::optional<LinearTerms> terms = {});

/// The points that no other of them beats, those with the lowest cost per token first.
std::vector<TunedPoint> front_of(std::vector<TunedPoint> points);

}  // namespace tricycle
