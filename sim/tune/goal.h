// SPDX-License-Identifier: Apache-2.0
//
// What a tuned inversion is measured by.  Internally every metric is a quality in dB, the more the
// better, so that one search serves all metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "workloads/oracle.h"

namespace tricycle {

/// A metric of Y, or of T = I + Y as papers report it (workloads/oracle.h).
enum class TuneMetric : std::uint8_t { kYSnrDb, kYRelError, kSnrDb, kRelError, kBitsPerByte };
inline constexpr std::pair<std::string_view, TuneMetric> kTuneMetrics[] = {
    {"y_snr_db", TuneMetric::kYSnrDb},
    {"y_rel_error", TuneMetric::kYRelError},
    {"snr_db", TuneMetric::kSnrDb},
    {"rel_error", TuneMetric::kRelError},
    {"bits_per_byte", TuneMetric::kBitsPerByte}};

/// Which chunk counts: the worst, or their mean.
enum class TuneOver : std::uint8_t { kWorst, kMean };
inline constexpr std::pair<std::string_view, TuneOver> kTuneOvers[] = {{"worst", TuneOver::kWorst},
                                                                       {"mean", TuneOver::kMean}};

/// What to minimize: time, or energy (nominal, from the machine's cost tables).
enum class TuneCost : std::uint8_t { kCycles, kEnergy };
inline constexpr std::pair<std::string_view, TuneCost> kTuneCosts[] = {
    {"cycles", TuneCost::kCycles}, {"energy", TuneCost::kEnergy}};

struct TuneGoal {
  TuneCost cost = TuneCost::kCycles;
  TuneMetric metric = TuneMetric::kYSnrDb;
  TuneOver over = TuneOver::kWorst;
  /// The limit on the metric.  SNRs: the least dB.  Relative errors: the largest error.
  /// bits_per_byte: the most by which the loss may exceed that of the exact inverse.  None: the
  /// quality of forward substitution in the same format, minus slack_db.
  std::optional<double> tolerance;
  double slack_db = 1;
  /// The largest relative error of Y on the worst input that a search finds; none: any.
  std::optional<double> safe{};
  std::string safe_rule{};  // where `safe` is set
};

/// Whether a metric is an SNR.  The others are relative errors, or the loss of a language model.
bool is_snr(TuneMetric metric);

/// The SNR of a chunk that decides over the worst chunk: of Y or of T (also for bits_per_byte).
double Accuracy::*snr_of(TuneMetric metric);

/// The worst or mean SNR.  For relative errors it is -20 log10 of the largest or mean error, which
/// is the same for the worst chunk.  -infinity where a chunk is not finite.
double quality_db(const TuneGoal& goal, const AccuracySummary& accuracy);

/// A tolerance on the scale of quality_db.  Precondition: goal.tolerance, and a metric of accuracy.
double tolerance_db(const TuneGoal& goal);

}  // namespace tricycle
