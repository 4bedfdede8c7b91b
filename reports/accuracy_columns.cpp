// SPDX-License-Identifier: Apache-2.0
#include "reports/accuracy_columns.h"

#include <cmath>

namespace tricycle {

namespace {

/// None where the figure does not exist: a chunk is not finite, or the right Y is zero (for figures
/// of Y), or there is no problem, so that the right Y is not known.
Cell judged(const RunResult& r, double value) {
  return r.of_problem() && std::isfinite(value) ? Cell(value) : Cell();
}

}  // namespace

std::vector<Column> accuracy_columns() {
  using R = RunResult;
  return {
      {"y_snr_db_mean", "dB",
       "signal-to-noise ratio of Y = T - I against a double-precision triangular solve, capped at "
       "300; mean over chunks, none where a chunk is not finite, as all figures of accuracy",
       [](const R& r) { return judged(r, r.accuracy.y_snr_db_mean); }},
      {"y_snr_db_worst", "dB", "the same, worst chunk",
       [](const R& r) { return judged(r, r.accuracy.y_snr_db_worst); }},
      {"y_rel_error_mean", "", "relative Frobenius error of Y, mean over chunks; of T = I it is 1",
       [](const R& r) { return judged(r, r.accuracy.y_rel_error_mean); }},
      {"y_rel_error_max", "", "relative Frobenius error of Y, worst chunk",
       [](const R& r) { return judged(r, r.accuracy.y_rel_error_max); }},
      {"y_correlation_mean", "-1..1",
       "Pearson's correlation of the entries below the diagonal with the right ones, mean over "
       "chunks",
       [](const R& r) { return judged(r, r.accuracy.y_correlation_mean); }},
      {"y_correlation_worst", "-1..1", "the same, worst chunk",
       [](const R& r) { return judged(r, r.accuracy.y_correlation_worst); }},
      {"snr_db_mean", "dB",
       "of T = I + Y, as papers report it: the exact unit diagonal counts as signal, so that it "
       "flatters the more the smaller Y is; capped at 300; mean over chunks",
       [](const R& r) { return judged(r, r.accuracy.snr_db_mean); }},
      {"snr_db_worst", "dB", "the same, worst chunk",
       [](const R& r) { return judged(r, r.accuracy.snr_db_worst); }},
      {"rel_error_mean", "", "relative Frobenius error of T, mean over chunks",
       [](const R& r) { return judged(r, r.accuracy.rel_error_mean); }},
      {"rel_error_max", "", "relative Frobenius error of T, worst chunk",
       [](const R& r) { return judged(r, r.accuracy.rel_error_max); }},
      {"abs_error_max", "", "largest error of an entry of T, and of Y",
       [](const R& r) { return judged(r, r.accuracy.abs_error_max); }},
      {"not_finite_chunks", "",
       "chunks with an entry that is not finite, in the result or in the double-precision solve",
       [](const R& r) { return r.of_problem() ? Cell(r.accuracy.not_finite_chunks) : Cell(); }},
      {"nan_count", "",
       "NaN entries in the results; where tiles known to be zero are skipped, a NaN or infinity "
       "beside them "
       "spreads less far than in a dense product (docs/numerics.md)",
       [](const R& r) -> Cell { return r.accuracy.nan_count; }},
      {"inf_count", "", "infinite entries in the results",
       [](const R& r) -> Cell { return r.accuracy.inf_count; }},
      {"saturated_count", "", "fixed point: stored entries that were clipped, inputs included",
       [](const R& r) -> Cell { return r.accuracy.saturated_count; }},
      {"wrapped_count", "",
       "fixed point: stored entries whose exact sum the accumulator does not hold: it wrapped, or "
       "was "
       "clipped",
       [](const R& r) -> Cell { return r.accuracy.wrapped_count; }},
      {"inputs_rounded", "", "entries of A that the format does not hold exactly, of all chunks",
       [](const R& r) -> Cell { return r.accuracy.inputs_rounded; }},
      {"output_digest", "SHA-256", "of the stored bits of all results, in chunk order",
       [](const R& r) -> Cell { return r.output_digest; }},
  };
}

}  // namespace tricycle
