// SPDX-License-Identifier: Apache-2.0
#include "workloads/oracle.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "workloads/ensembles.h"

namespace tricycle {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A = [0; 1/2 0; 3/4 1/2 0].  Y = -A + A^2: Y[2,0] = -3/4 + 1/2 x 1/2 = -1/2.
Oracle worked_example() { return Oracle({"worked", 3, {0, 0, 0, 0.5, 0, 0, 0.75, 0.5, 0}}); }
const std::vector<double> kWorkedInverse{0, 0, 0, -0.5, 0, 0, -0.5, -0.5, 0};
// |T|^2 = 3 + 3 x 1/4
constexpr double kWorkedNorm = 3.75;

TEST(Oracle, inverts_a_hand_worked_matrix_exactly) {
  EXPECT_EQ(worked_example().y(), kWorkedInverse);
}

TEST(Oracle, agrees_with_a_full_lu_inverse) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (std::string_view ensemble : ensemble_names())
    for (std::int64_t chunk : {16, 64, 128}) {
      Problem problem;
      problem.chunk = chunk;
      problem.ensemble = ensemble;
      problem.matrices = 2;
      for (const ChunkMatrix& m : synthetic_chunks(problem)) {
        const Oracle oracle(m);
        const RowMajor a = Eigen::Map<const RowMajor>(m.a.data(), chunk, chunk),
                       identity = RowMajor::Identity(chunk, chunk);
        const RowMajor expected = (a + identity).fullPivLu().inverse() - identity;
        const RowMajor found = Eigen::Map<const RowMajor>(oracle.y().data(), chunk, chunk);
        EXPECT_LT((found - expected).norm(), 1e-12 * (expected + identity).norm()) << m.label;
      }
    }
}

TEST(Oracle, measures_a_known_perturbation) {
  std::vector<double> y = kWorkedInverse;
  y[3] += 0.375;
  const Accuracy a = worked_example().compare(y);
  // 3.75 / 0.375^2 = 26.667, 14.26 dB
  EXPECT_NEAR(a.snr_db, 10 * std::log10(kWorkedNorm / (0.375 * 0.375)), 1e-12);
  EXPECT_NEAR(a.rel_error, 0.375 / std::sqrt(kWorkedNorm), 1e-15);
  EXPECT_EQ(a.abs_error_max, 0.375);
  EXPECT_EQ(a.nan_count + a.inf_count, 0);
}

TEST(Oracle, counts_errors_above_the_diagonal_as_well) {
  std::vector<double> y = kWorkedInverse;
  y[0] = 0.25;   // on it
  y[1] = -0.25;  // above it
  const Accuracy a = worked_example().compare(y);
  EXPECT_NEAR(a.rel_error, std::sqrt(2 * 0.0625 / kWorkedNorm), 1e-15);
}

TEST(Oracle, caps_the_signal_to_noise_ratio_at_both_ends) {
  EXPECT_EQ(worked_example().compare(kWorkedInverse).snr_db, 300);
  EXPECT_EQ(worked_example().compare(kWorkedInverse).rel_error, 0);
  std::vector<double> y = kWorkedInverse;
  y[1] = 1e-20;  // 400 dB
  EXPECT_EQ(worked_example().compare(y).snr_db, 300);
  y[1] = 1e-14;  // below the cap: 3.75 x 10^28
  EXPECT_NEAR(worked_example().compare(y).snr_db, 280 + 10 * std::log10(3.75), 1e-9);
  y[1] = 1e100;  // -2000 dB
  EXPECT_EQ(worked_example().compare(y).snr_db, -300);
  y[1] = 1e200;  // its square leaves double
  EXPECT_EQ(worked_example().compare(y).snr_db, -300);
}

TEST(Oracle, counts_every_nan_and_infinity_and_gives_them_the_floor) {
  std::vector<double> y = kWorkedInverse;
  y[3] = kNan;
  y[6] = -kInfinity;
  y[7] = kInfinity;
  const Accuracy a = worked_example().compare(y);
  EXPECT_EQ(a.nan_count, 1);
  EXPECT_EQ(a.inf_count, 2);
  EXPECT_EQ(a.snr_db, -300);
  EXPECT_EQ(a.rel_error, kInfinity);
  EXPECT_EQ(a.abs_error_max, kInfinity);
}

TEST(Oracle, summarises_means_and_worsts_and_does_not_hide_a_nan) {
  Accuracy good{.snr_db = 60, .rel_error = 0.001, .abs_error_max = 0.5},
      poor{.snr_db = 20, .rel_error = 0.1, .abs_error_max = 0.25},
      broken{.snr_db = kSnrFloorDb, .rel_error = kInfinity, .abs_error_max = kInfinity};
  broken.nan_count = 3;
  broken.inf_count = 2;
  const Accuracy two[] = {good, poor}, three[] = {good, broken, poor};
  const AccuracySummary s = summarize(two);
  EXPECT_DOUBLE_EQ(s.snr_db_mean, 40);
  EXPECT_EQ(s.snr_db_worst, 20);
  EXPECT_DOUBLE_EQ(s.rel_error_mean, 0.0505);
  EXPECT_EQ(s.rel_error_max, 0.1);
  EXPECT_EQ(s.abs_error_max, 0.5);
  const AccuracySummary b = summarize(three);
  EXPECT_NEAR(b.snr_db_mean, -220.0 / 3, 1e-12);
  EXPECT_EQ(b.snr_db_worst, -300);
  EXPECT_EQ(b.rel_error_max, kInfinity);
  EXPECT_EQ(b.nan_count, 3);
  EXPECT_EQ(b.inf_count, 2);
}

}  // namespace
}  // namespace tricycle
