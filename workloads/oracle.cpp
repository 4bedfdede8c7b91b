// SPDX-License-Identifier: Apache-2.0
#include "workloads/oracle.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace tricycle {

Oracle::Oracle(const ChunkMatrix& matrix) : size_(matrix.chunk) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor> a(matrix.a.data(), size_, size_);
  const RowMajor identity = RowMajor::Identity(size_, size_);
  const RowMajor system = a + identity;
  const RowMajor t = system.triangularView<Eigen::UnitLower>().solve(identity);
  norm_squared_ = t.squaredNorm();
  const RowMajor y = t - identity;
  y_.assign(y.data(), y.data() + y.size());
}

Accuracy Oracle::compare(std::span<const double> y) const {
  Accuracy out;
  double noise = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i])) ++out.nan_count;
    if (std::isinf(y[i])) ++out.inf_count;
    const double error = std::abs(y[i] - y_[i]);
    out.abs_error_max = std::max(out.abs_error_max, error);
    noise += error * error;
  }
  if (out.nan_count + out.inf_count > 0) {
    out.snr_db = kSnrFloorDb;
    out.rel_error = out.abs_error_max = std::numeric_limits<double>::infinity();
    return out;
  }
  out.rel_error = std::sqrt(noise / norm_squared_);
  out.snr_db = noise == 0
                   ? kSnrCapDb
                   : std::clamp(10 * std::log10(norm_squared_ / noise), kSnrFloorDb, kSnrCapDb);
  return out;
}

AccuracySummary summarize(std::span<const Accuracy> chunks) {
  AccuracySummary s;
  if (chunks.empty()) return s;
  s.snr_db_worst = kSnrCapDb;
  for (const Accuracy& a : chunks) {
    s.snr_db_mean += a.snr_db / static_cast<double>(chunks.size());
    s.snr_db_worst = std::min(s.snr_db_worst, a.snr_db);
    s.rel_error_mean += a.rel_error / static_cast<double>(chunks.size());
    s.rel_error_max = std::max(s.rel_error_max, a.rel_error);
    s.abs_error_max = std::max(s.abs_error_max, a.abs_error_max);
    s.nan_count += a.nan_count;
    s.inf_count += a.inf_count;
  }
  return s;
}

}  // namespace tricycle
