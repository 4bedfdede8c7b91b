// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/identify.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "sim/calibrate/slopes.h"

namespace tricycle {

namespace {

class Identifier {
 public:
  Identifier(RowSimulator& simulator, const RowIndices& rows, const KeyValues& fitted)
      : simulator_(simulator),
        rows_(rows),
        fitted_(fitted),
        errors_(simulator.errors(fitted, rows)),
        slopes_(error_slopes(simulator, fitted, rows)) {}

  Identifiability result() {
    Identifiability out;
    for (std::size_t k = 0; k < keys().size(); ++k) {
      out.influences.push_back(influence(k));
      if (out.influences.back().is_seen) seen_.push_back(k);
    }
    out.correlations.assign(keys().size(),
                            std::vector<std::optional<double>>(keys().size(), std::nullopt));
    if (!seen_.empty()) decompose(out);
    return out;
  }

 private:
  const std::vector<FreeKey>& keys() const { return simulator_.keys(); }

  /// The largest change of a row's figure from the fitted values to others, as a part.
  double largest_change(const KeyValues& values) {
    const std::vector<double> errors = simulator_.errors(values, rows_);
    double largest = 0;
    for (std::size_t r = 0; r < errors.size(); ++r)
      largest = std::max(largest, std::abs(std::expm1(errors[r] - errors_[r])));
    return largest;
  }

  KeyValues with(std::size_t k, double value) const {
    KeyValues values = fitted_;
    values[k] = value;
    return values;
  }

  KeyInfluence influence(std::size_t k) {
    KeyInfluence out;
    out.low = keys()[k].snapped(std::min(fitted_[k] / 2, keys()[k].stepped(fitted_[k], -1)));
    out.high = keys()[k].snapped(std::max(fitted_[k] * 2, keys()[k].stepped(fitted_[k], 1)));
    simulator_.prefetch({with(k, out.low), with(k, out.high)}, rows_);
    out.largest_change =
        std::max(largest_change(with(k, out.low)), largest_change(with(k, out.high)));
    out.is_seen = out.largest_change > kSameFigure;
    out.interval_low = interval_end(k, -1, out.low_is_bound);
    out.interval_high = interval_end(k, 1, out.high_is_bound);
    return out;
  }

  /// The farthest value of a ladder up to which the error stays within kIntervalGrowth.
  double interval_end(std::size_t k, int sign, bool& is_bound) {
    constexpr double kLadder[] = {1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 2, 3, 4, 6, 8, 16, 1e9};
    const double bound = keys()[k].snapped(sign < 0 ? keys()[k].low : keys()[k].high);
    double end = fitted_[k];
    is_bound = end == bound;
    std::vector<double> values;
    if (keys()[k].is_integer) values.push_back(keys()[k].stepped(fitted_[k], sign));
    for (const double factor : kLadder)
      values.push_back(keys()[k].snapped(sign < 0 ? fitted_[k] / factor : fitted_[k] * factor));
    const double most = root_mean_square(errors_) + kIntervalGrowth;
    for (const double value : values) {
      if ((value - end) * sign <= 0) continue;
      if (least_error(k, value) > most) return end;
      end = value;
      is_bound = end == bound;
    }
    return end;
  }

  /// The error with one key held at a value: the others as fitted, or moved along by the linear
  /// model, whichever is less.
  double least_error(std::size_t k, double value) {
    const KeyValues along = moved_along(keys(), fitted_, k, value, errors_, slopes_);
    simulator_.prefetch({with(k, value), along}, rows_);
    return std::min(root_mean_square(simulator_.errors(with(k, value), rows_)),
                    root_mean_square(simulator_.errors(along, rows_)));
  }

  /// Singular values, correlations and confusions of the keys that are seen.
  void decompose(Identifiability& out) {
    const auto count = static_cast<Eigen::Index>(seen_.size());
    Eigen::MatrixXd matrix(static_cast<Eigen::Index>(rows_.size()), count);
    for (Eigen::Index r = 0; r < matrix.rows(); ++r)
      for (Eigen::Index c = 0; c < count; ++c)
        matrix(r, c) = slopes_[static_cast<std::size_t>(r)][seen_[static_cast<std::size_t>(c)]];
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix, Eigen::ComputeFullV);
    Eigen::VectorXd values = Eigen::VectorXd::Zero(count);
    values.head(svd.singularValues().size()) = svd.singularValues();
    out.singular_values.assign(values.begin(), values.end());
    correlate(svd.matrixV(), values, out);
    for (Eigen::Index c = count - 1; c >= 0; --c) {
      std::vector<double> direction(svd.matrixV().col(c).begin(), svd.matrixV().col(c).end());
      if (auto found = confusion(direction)) out.confusions.push_back(std::move(*found));
    }
  }

  /// From the covariance of the fitted logarithms, V diag(1 / s^2) V^T.
  void correlate(const Eigen::MatrixXd& v, const Eigen::VectorXd& s, Identifiability& out) const {
    constexpr double kNone = 1e-9;
    if (s.minCoeff() <= kNone * s.maxCoeff()) return;
    const Eigen::MatrixXd covariance =
        v * s.array().square().inverse().matrix().asDiagonal() * v.transpose();
    for (std::size_t a = 0; a < seen_.size(); ++a)
      for (std::size_t b = 0; b < seen_.size(); ++b) {
        const auto i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
        out.correlations[seen_[a]][seen_[b]] =
            covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
      }
  }

  double slope_norm(std::size_t k) const {
    double sum = 0;
    for (const std::vector<double>& row : slopes_) sum += row[k] * row[k];
    return std::sqrt(sum);
  }

  /// Whether a direction of the seen keys changes no row although its parts do.
  std::optional<Confusion> confusion(const std::vector<double>& direction) {
    constexpr double kSmall = 0.1;  // of the largest effect; smaller ones stay out
    constexpr double kFirstMove = 0.1, kLargestMove = 1;
    std::vector<double> effects;
    for (std::size_t i = 0; i < seen_.size(); ++i)
      effects.push_back(std::abs(direction[i]) * slope_norm(seen_[i]));
    const double most = *std::ranges::max_element(effects);
    double largest = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i)
      if (effects[i] >= kSmall * most) largest = std::max(largest, std::abs(direction[i]));
    if (largest == 0) return std::nullopt;
    std::vector<double> parts;
    for (std::size_t i = 0; i < seen_.size(); ++i)
      parts.push_back(effects[i] < kSmall * most ? 0 : direction[i] / largest);
    if (std::ranges::count_if(parts, [](double part) { return part != 0; }) < 2)
      return std::nullopt;
    for (double move = kFirstMove; move <= kLargestMove; move *= 1.25)
      for (const double sign : {1.0, -1.0})
        for (const bool by_logarithm : {false, true})
          if (auto found = confused_by(parts, sign * move, by_logarithm)) return found;
    return std::nullopt;
  }

  /// The moves of one size along a direction, where they change no row together and some row alone.
  std::optional<Confusion> confused_by(const std::vector<double>& parts, double move,
                                       bool by_logarithm) {
    Confusion out;
    KeyValues together = fitted_;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (parts[i] == 0) continue;
      const std::size_t k = seen_[i];
      const double to = keys()[k].snapped(by_logarithm ? fitted_[k] * std::exp(move * parts[i])
                                                       : fitted_[k] * (1 + move * parts[i]));
      if (to == fitted_[k]) return std::nullopt;
      together[k] = to;
      out.moves.push_back({k, fitted_[k], to});
    }
    out.largest_change = largest_change(together);
    if (out.largest_change > kSameFigure) return std::nullopt;
    std::vector<double> alone;
    for (const KeyMove& m : out.moves) alone.push_back(largest_change(with(m.key, m.to)));
    const double least_alone = *std::ranges::min_element(alone);
    if (least_alone <= std::max(kSameFigure, 2 * out.largest_change)) return std::nullopt;
    const auto first = std::ranges::max_element(alone) - alone.begin();
    out.change_by_first = alone[static_cast<std::size_t>(first)];
    std::swap(out.moves.front(), out.moves[static_cast<std::size_t>(first)]);
    return out;
  }

  RowSimulator& simulator_;
  const RowIndices& rows_;
  const KeyValues& fitted_;
  std::vector<double> errors_;
  Slopes slopes_;
  std::vector<std::size_t> seen_;  // keys
};

}  // namespace

Identifiability identify(RowSimulator& simulator, const RowIndices& rows, const KeyValues& fitted) {
  return Identifier(simulator, rows, fitted).result();
}

}  // namespace tricycle
