// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/goal.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

namespace {

double db_of_error(double rel_error) {
  return rel_error > 0 ? std::clamp(-20 * std::log10(rel_error), kSnrFloorDb, kSnrCapDb)
                       : kSnrCapDb;
}

}  // namespace

double quality_db(const TuneGoal& goal, const AccuracySummary& accuracy) {
  if (goal.over == TuneOver::kWorst) return accuracy.snr_db_worst;
  return goal.metric == TuneMetric::kRelError ? db_of_error(accuracy.rel_error_mean)
                                              : accuracy.snr_db_mean;
}

double tolerance_db(const TuneGoal& goal) {
  return goal.metric == TuneMetric::kRelError ? db_of_error(*goal.tolerance) : *goal.tolerance;
}

}  // namespace tricycle
