// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/run_result.h"
#include "workloads/problem.h"

namespace tricycle {

/// How far a produced Y' = T' - I is from the Y of the double-precision triangular solve.  Norms
/// are Frobenius norms.  Errors count wherever they occur, also on and above the diagonal.
struct Accuracy {
  // Figures of Y alone.  The answer T = I has 0 dB and an error of 1.
  double y_snr_db = 0;     // 10 log10(|Y|^2 / |Y - Y'|^2)
  double y_rel_error = 0;  // |Y - Y'| / |Y|
  /// Pearson's correlation coefficient of the entries of Y and Y' below the diagonal.  It has no
  /// value where all those entries of one of them are equal.  Then it is the cosine of the two: 1
  /// where both are all zero, 0 where one of them is.
  double y_correlation = 0;
  // Figures of T = I + Y, including the exact unit diagonal: C is added to |Y|^2.
  double snr_db = 0;         // 10 log10(|T|^2 / |T - T'|^2)
  double rel_error = 0;      // |T - T'| / |T|
  double abs_error_max = 0;  // largest |T - T'| of any entry
  std::int64_t nan_count = 0, inf_count = 0;
  /// False where an entry of the result or of the reference is not finite.  Then the SNRs are
  /// -infinity, the errors infinite and the correlation NaN.  A finite result has an SNR of
  /// -infinity where Y is zero and Y' is not.
  bool finite = true;
};

/// The largest SNR that is reported, since double arithmetic ends near it.  It is the SNR of no
/// error at all.
inline constexpr double kSnrCapDb = 300;

/// The reference inverse of one chunk, computed once.  Where gates are applied to the inverse, it
/// is that of the matrix with its gates, and what is compared is the produced Y with them.
class Oracle {
 public:
  explicit Oracle(const ChunkMatrix& matrix);
  /// `y` is the produced Y = T - I, row-major, as a program stores it: without late gates.
  Accuracy compare(std::span<const double> y) const;
  /// Reference Y, row-major.
  const std::vector<double>& y() const { return y_; }

 private:
  /// A sum of squares, unit^2 x sum.  So numbers whose squares are out of range of double still
  /// have a norm.
  struct Squares {
    double sum = 0, unit = 1;
  };
  static Squares squares_of(std::span<const double> values);
  static double ratio_db(const Squares& signal, const Squares& noise);
  static double ratio(const Squares& noise, const Squares& signal);
  double correlation(std::span<const double> y) const;
  Accuracy compare_gated(std::span<const double> y) const;

  LateGates gates_;
  std::vector<double> y_;
  std::int64_t size_;
  Squares t_squares_, y_squares_;
  bool finite_ = true;
};

/// Mean and worst over chunks.  The counts of fixed point and of rounded inputs stay 0.
AccuracySummary summarize(std::span<const Accuracy> chunks);

}  // namespace tricycle
