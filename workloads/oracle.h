// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/run_result.h"
#include "workloads/problem.h"

namespace tricycle {

/// How far a produced T = I + Y is from the double-precision triangular solve.
struct Accuracy {
  double snr_db =
      0;  // 10 log10(|T|^2 / |T - T'|^2), Frobenius norms, identity included; capped at 300
  double rel_error = 0;      // |T - T'| / |T|
  double abs_error_max = 0;  // largest |T - T'| of an entry
  std::int64_t nan_count = 0, inf_count = 0;
};

/// Bounds of a reported SNR: double arithmetic ends near 300 dB; a result with entries that are not
/// finite has -300.
inline constexpr double kSnrCapDb = 300, kSnrFloorDb = -300;

/// The reference inverse of one chunk, made once.
class Oracle {
 public:
  explicit Oracle(const ChunkMatrix& matrix);
  /// `y` is the produced Y = T - I, row-major.  Errors of a result that is not finite are infinite.
  Accuracy compare(std::span<const double> y) const;
  /// Reference Y, row-major.
  const std::vector<double>& y() const { return y_; }

 private:
  std::vector<double> y_;
  std::int64_t size_;
  double norm_squared_ = 0;
};

/// Mean and worst over chunks; saturated_count is left at 0.
AccuracySummary summarize(std::span<const Accuracy> chunks);

}  // namespace tricycle
