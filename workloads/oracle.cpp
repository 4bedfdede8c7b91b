// SPDX-License-Identifier: Apache-2.0
#include "workloads/oracle.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "workloads/late_gates.h"

namespace tricycle {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double largest_of(std::span<const double> values) {
  double largest = 0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// Entries below the diagonal, divided by the largest magnitude among them.  So none of their
/// squares leaves the range of double.
std::vector<double> below_diagonal(std::span<const double> matrix, std::int64_t size) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      out.push_back(matrix[static_cast<std::size_t>(i * size + j)]);
  if (const double largest = largest_of(out); largest > 0)
    for (double& v : out) v /= largest;
  return out;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

void subtract_mean(std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  for (double& v : values) v -= sum / static_cast<double>(values.size());
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  if (aa == 0 || bb == 0) return aa == bb ? 1 : 0;
  return std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0);
}

}  // namespace

Oracle::Squares Oracle::squares_of(std::span<const double> values) {
  Squares out;
  for (const double v : values) out.sum += v * v;
  const double largest = largest_of(values);
  if (largest == 0 || !std::isfinite(largest) || std::isnormal(out.sum)) return out;
  out = {0, largest};
  for (const double v : values) out.sum += (v / largest) * (v / largest);
  return out;
}

double Oracle::ratio_db(const Squares& signal, const Squares& noise) {
  if (noise.sum == 0) return kSnrCapDb;
  const double quotient = signal.sum / noise.sum;
  const double db = std::isnormal(quotient) ? 10 * std::log10(quotient)
                                            : 10 * (std::log10(signal.sum) - std::log10(noise.sum));
  return std::min(db + 20 * (std::log10(signal.unit) - std::log10(noise.unit)), kSnrCapDb);
}

double Oracle::ratio(const Squares& noise, const Squares& signal) {
  if (noise.sum == 0) return 0;
  return std::sqrt(noise.sum / signal.sum) * (noise.unit / signal.unit);
}

Oracle::Oracle(const ChunkMatrix& matrix) : gates_(matrix.gates), size_(matrix.chunk) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::vector<double> gated = with_gates(gates_, matrix.a);
  const Eigen::Map<const RowMajor> a(gated.data(), size_, size_);
  const RowMajor identity = RowMajor::Identity(size_, size_);
  const RowMajor system = a + identity;
  const RowMajor t = system.triangularView<Eigen::UnitLower>().solve(identity);
  t_squares_.sum = t.squaredNorm();
  if (!std::isnormal(t_squares_.sum))
    t_squares_ = squares_of({t.data(), static_cast<std::size_t>(t.size())});
  const RowMajor y = t - identity;
  y_.assign(y.data(), y.data() + y.size());
  y_squares_ = squares_of(y_);
  finite_ = all_finite(y_);
}

double Oracle::correlation(std::span<const double> y) const {
  std::vector<double> right = below_diagonal(y_, size_), found = below_diagonal(y, size_);
  if (!all_equal(right) && !all_equal(found)) {
    subtract_mean(right);
    subtract_mean(found);
  }
  return cosine(right, found);
}

Accuracy Oracle::compare(std::span<const double> y) const {
  if (!gates_.any()) return compare_gated(y);
  return compare_gated(apply_late_gates(gates_, y));
}

Accuracy Oracle::compare_gated(std::span<const double> y) const {
  Accuracy out;
  std::vector<double> errors(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (std::isnan(y[i])) ++out.nan_count;
    if (std::isinf(y[i])) ++out.inf_count;
    errors[i] = std::abs(y[i] - y_[i]);
    out.abs_error_max = std::max(out.abs_error_max, errors[i]);
  }
  out.finite = finite_ && out.nan_count + out.inf_count == 0;
  if (!out.finite) {
    out.y_snr_db = out.snr_db = -kInfinity;
    out.y_rel_error = out.rel_error = out.abs_error_max = kInfinity;
    out.y_correlation = kNan;
    return out;
  }
  const Squares noise = squares_of(errors);
  out.y_snr_db = ratio_db(y_squares_, noise);
  out.y_rel_error = ratio(noise, y_squares_);
  out.y_correlation = correlation(y);
  out.snr_db = ratio_db(t_squares_, noise);
  out.rel_error = ratio(noise, t_squares_);
  return out;
}

AccuracySummary summarize(std::span<const Accuracy> chunks) {
  AccuracySummary s;
  if (chunks.empty()) return s;
  s.y_snr_db_worst = s.snr_db_worst = kSnrCapDb;
  s.y_correlation_worst = 1;
  const auto count = static_cast<double>(chunks.size());
  for (const Accuracy& a : chunks) {
    s.y_snr_db_mean += a.y_snr_db / count;
    s.y_snr_db_worst = std::min(s.y_snr_db_worst, a.y_snr_db);
    s.y_rel_error_mean += a.y_rel_error / count;
    s.y_rel_error_max = std::max(s.y_rel_error_max, a.y_rel_error);
    s.y_correlation_mean += a.y_correlation / count;
    s.y_correlation_worst = std::min(s.y_correlation_worst, a.y_correlation);
    s.snr_db_mean += a.snr_db / count;
    s.snr_db_worst = std::min(s.snr_db_worst, a.snr_db);
    s.rel_error_mean += a.rel_error / count;
    s.rel_error_max = std::max(s.rel_error_max, a.rel_error);
    s.abs_error_max = std::max(s.abs_error_max, a.abs_error_max);
    s.nan_count += a.nan_count;
    s.inf_count += a.inf_count;
    s.not_finite_chunks += a.finite ? 0 : 1;
  }
  if (s.not_finite_chunks > 0) s.y_correlation_mean = s.y_correlation_worst = kNan;
  return s;
}

}  // namespace tricycle
