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

/// Of Y, or as papers report them of T = I + Y (workloads/oracle.h).
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

/// What is to be small: time, or energy (nominal, of the machine's cost tables).
enum class TuneCost : std::uint8_t { kCycles, kEnergy };
inline constexpr std::pair<std::string_view, TuneCost> kTuneCosts[] = {
    {"cycles", TuneCost::kCycles}, {"energy", TuneCost::kEnergy}};

struct TuneGoal {
  TuneCost cost = TuneCost::kCycles;
  TuneMetric metric = TuneMetric::kYSnrDb;
  TuneOver over = TuneOver::kWorst;
  /// SNRs: dB at the least; relative errors: at most; bits_per_byte: more than the exact inverse's
  /// loss at most.  None: the quality of forward substitution in the same format, less slack_db.
  std::optional<double> tolerance;
  double slack_db = 1;
};

/// Metrics that are SNRs; the others are relative errors, or one of a language model.
bool is_snr(TuneMetric metric);

/// The SNR of a chunk that decides over the worst chunk: Y's, or T's (of bits_per_byte, too).
double Accuracy::*snr_of(TuneMetric metric);

/// The worst or mean SNR; of relative errors -20 log10 of the largest or mean error, which over the
/// worst chunk is the same.  -infinity where a chunk is not finite.
double quality_db(const TuneGoal& goal, const AccuracySummary& accuracy);

/// A tolerance as quality_db.  Precondition: goal.tolerance, and a metric of accuracy.
double tolerance_db(const TuneGoal& goal);

}  // namespace tricycle
