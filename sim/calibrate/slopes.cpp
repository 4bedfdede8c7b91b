// SPDX-License-Identifier: Apache-2.0
#include "sim/calibrate/slopes.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace tricycle {

KeyValues moved_along(const std::vector<FreeKey>& keys, const KeyValues& at, std::size_t key,
                      double to, const std::vector<double>& errors, const Slopes& slopes) {
  const double moved = keys[key].to_log(to) - keys[key].to_log(at[key]);
  std::vector<double> expected = errors;
  for (std::size_t r = 0; r < errors.size(); ++r) expected[r] += slopes[r][key] * moved;
  std::vector<bool> free(keys.size(), true);
  free[key] = false;
  const std::vector<double> step = least_squares_step(expected, slopes, free);
  KeyValues values = at;
  for (std::size_t k = 0; k < keys.size(); ++k)
    values[k] = keys[k].snapped(keys[k].from_log(keys[k].to_log(at[k]) + step[k]));
  values[key] = to;
  return values;
}

double root_mean_square(const std::vector<double>& errors) {
  double sum = 0;
  for (const double error : errors) sum += error * error;
  return errors.empty() ? 0 : std::sqrt(sum / static_cast<double>(errors.size()));
}

Slopes error_slopes(RowSimulator& simulator, const KeyValues& at, const RowIndices& rows) {
  constexpr double kReach = 0.1;
  const std::vector<FreeKey>& keys = simulator.keys();
  std::vector<KeyValues> ups, downs;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const double whole = keys[k].is_integer ? 1 : 0;
    const double reach = std::max(kReach * at[k], whole);
    ups.push_back(at);
    downs.push_back(at);
    ups.back()[k] = keys[k].snapped(at[k] + reach);
    downs.back()[k] = keys[k].snapped(at[k] - reach);
  }
  std::vector<KeyValues> points = ups;
  points.insert(points.end(), downs.begin(), downs.end());
  simulator.prefetch(points, rows);
  Slopes slopes(rows.size(), std::vector<double>(keys.size(), 0));
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const double width = keys[k].to_log(ups[k][k]) - keys[k].to_log(downs[k][k]);
    if (width <= 0) continue;
    const std::vector<double> up = simulator.errors(ups[k], rows),
                              down = simulator.errors(downs[k], rows);
    for (std::size_t r = 0; r < rows.size(); ++r)
      if (up[r] != RowSimulator::kCannotRun && down[r] != RowSimulator::kCannotRun)
        slopes[r][k] = (up[r] - down[r]) / width;
  }
  return slopes;
}

std::vector<double> least_squares_step(const std::vector<double>& errors, const Slopes& slopes,
                                       const std::vector<bool>& free) {
  constexpr double kUnseen = 1e-3;      // of the largest singular value
  constexpr double kLongestStep = 1.4;  // a factor of 4
  const auto keys = static_cast<Eigen::Index>(free.size());
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(errors.size()), keys);
  Eigen::VectorXd right(static_cast<Eigen::Index>(errors.size()));
  for (std::size_t r = 0; r < errors.size(); ++r) {
    right(static_cast<Eigen::Index>(r)) = -errors[r];
    for (std::size_t k = 0; k < free.size(); ++k)
      if (free[k])
        matrix(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(k)) = slopes[r][k];
  }
  Eigen::JacobiSVD<Eigen::MatrixXd> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  svd.setThreshold(kUnseen);
  const Eigen::VectorXd solution = svd.solve(right);
  std::vector<double> step;
  for (Eigen::Index k = 0; k < keys; ++k)
    step.push_back(std::clamp(solution(k), -kLongestStep, kLongestStep));
  return step;
}

}  // namespace tricycle
