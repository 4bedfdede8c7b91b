// SPDX-License-Identifier: Apache-2.0
#include "sim/tune/goal.h"

#include <algorithm>
#include <cmath>

namespace tricycle {

namespace {

double db_of_error(double rel_error) {
  return rel_error > 0 ? std::min(-20 * std::log10(rel_error), kSnrCapDb) : kSnrCapDb;
}

bool is_of_y(TuneMetric metric) {
  return metric == TuneMetric::kYSnrDb || metric == TuneMetric::kYRelError;
}

}  // namespace

bool is_snr(TuneMetric metric) {
  return metric == TuneMetric::kYSnrDb || metric == TuneMetric::kSnrDb;
}

double Accuracy::*snr_of(TuneMetric metric) {
  return is_of_y(metric) ? &Accuracy::y_snr_db : &Accuracy::snr_db;
}

double quality_db(const TuneGoal& goal, const AccuracySummary& a) {
  const bool of_y = is_of_y(goal.metric);
  if (goal.over == TuneOver::kWorst) return of_y ? a.y_snr_db_worst : a.snr_db_worst;
  if (goal.metric == TuneMetric::kYRelError || goal.metric == TuneMetric::kRelError)
    return db_of_error(of_y ? a.y_rel_error_mean : a.rel_error_mean);
  return of_y ? a.y_snr_db_mean : a.snr_db_mean;
}

double tolerance_db(const TuneGoal& goal) {
  return is_snr(goal.metric) ? *goal.tolerance : db_of_error(*goal.tolerance);
}

}  // namespace tricycle
