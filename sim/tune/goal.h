// SPDX-License-Identifier: Apache-2.0
//
// What a tuned inversion is measured by.  Every metric is a quality in dB inside, the more the
// better, so that one search serves all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "workloads/oracle.h"

namespace tricycle {

enum class TuneMetric : std::uint8_t { kSnrDb, kRelError, kBitsPerByte };
inline constexpr std::pair<std::string_view, TuneMetric> kTuneMetrics[] = {
    {"snr_db", TuneMetric::kSnrDb},
    {"rel_error", TuneMetric::kRelError},
    {"bits_per_byte", TuneMetric::kBitsPerByte}};

/// Which chunk counts: the worst, or their mean.
enum class TuneOver : std::uint8_t { kWorst, kMean };
inline constexpr std::pair<std::string_view, TuneOver> kTuneOvers[] = {{"worst", TuneOver::kWorst},
                                                                       {"mean", TuneOver::kMean}};

/// What is to be small: time, or energy (nominal, of the machine's cost tables).
enum class TuneCost : std::uint8_t { kCycles, kEnergy };
inline constexpr std::pair<std::string_view, TuneCost> kTuneCosts[] = {
    {"cycles", TuneCost::kCycles}, {"energy", TuneCost::kEnergy}};

struct TuneGoal {
  TuneCost cost = TuneCost::kCycles;
  TuneMetric metric = TuneMetric::kSnrDb;
  TuneOver over = TuneOver::kWorst;
  /// snr_db: dB at the least; rel_error: at most; bits_per_byte: more than the exact inverse's loss
  /// at most.  None: the quality of forward substitution in the same format, less slack_db.
  std::optional<double> tolerance;
  double slack_db = 1;
};

/// snr_db: the worst or mean SNR.  rel_error: -20 log10 of the largest or mean error, which over
/// the worst chunk is the same.
double quality_db(const TuneGoal& goal, const AccuracySummary& accuracy);

/// A tolerance as quality_db.  Precondition: goal.tolerance, and a metric of accuracy.
double tolerance_db(const TuneGoal& goal);

}  // namespace tricycle
