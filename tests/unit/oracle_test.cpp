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

TEST(Oracle, measures_y_without_the_diagonal_that_every_result_has) {
  std::vector<double> y = kWorkedInverse;
  y[3] += 0.375;
  const Accuracy a = worked_example().compare(y);
  // |Y|^2 = 3 x 1/4: 0.75 / 0.375^2 = 5.333, 7.27 dB where T's is 14.26 dB
  EXPECT_NEAR(a.y_snr_db, 10 * std::log10(0.75 / (0.375 * 0.375)), 1e-12);
  EXPECT_NEAR(a.y_rel_error, 0.375 / std::sqrt(0.75), 1e-15);
  // Answering T = I.
  const Accuracy none = worked_example().compare(std::vector<double>(9, 0.0));
  EXPECT_NEAR(none.y_snr_db, 0, 1e-12);
  EXPECT_NEAR(none.y_rel_error, 1, 1e-15);
  EXPECT_EQ(none.y_correlation, 0);
  EXPECT_GT(none.snr_db, 6.9);  // 3.75 / 0.75
}

/// Y of [[0, 0, 0], [1, 0, 0], [a, 2, 0]] is -1, 2 - a, -2 below the diagonal.
TEST(Oracle, correlates_the_entries_below_the_diagonal) {
  const Oracle oracle({"", 3, {0, 0, 0, 1, 0, 0, -1, 2, 0}});  // -1, 3, -2
  ASSERT_EQ(oracle.y(), (std::vector<double>{0, 0, 0, -1, 0, 0, 3, -2, 0}));
  const auto of = [&](double x, double y, double z) {
    return oracle.compare(std::vector<double>{0, 0, 0, x, 0, 0, y, z, 0}).y_correlation;
  };
  EXPECT_EQ(of(-1, 3, -2), 1);
  EXPECT_NEAR(of(9, 13, 8), 1, 1e-15);  // Pearson's: an offset and a scale do not count
  EXPECT_NEAR(of(2, -6, 4), -1, 1e-15);
  // Deviations of (-1, 3, -2) are (-1, 3, -2), of (1, 2, 3) they are (-1, 0, 1): -1 / sqrt(14 x 2).
  EXPECT_NEAR(of(1, 2, 3), -1 / std::sqrt(28.0), 1e-15);
  EXPECT_NEAR(of(-1e200, 3e200, -2e200), 1, 1e-15);  // squares beyond double
  // Entries that are all the same have no deviations: the cosine, here 0 of (-1, 3, -2).
  EXPECT_NEAR(of(5, 5, 5), 0, 1e-15);
  const Oracle pair({"", 2, {0, 0, 0.5, 0}});
  EXPECT_EQ(pair.compare(std::vector<double>{0, 0, -0.25, 0}).y_correlation, 1);
  EXPECT_EQ(pair.compare(std::vector<double>{0, 0, 0.25, 0}).y_correlation, -1);
}

TEST(Oracle, a_right_y_of_zero_has_figures_of_its_own) {
  const Oracle zero({"", 2, {0, 0, 0, 0}});
  const Accuracy exact = zero.compare(std::vector<double>(4, 0.0));
  EXPECT_EQ(exact.y_snr_db, kSnrCapDb);
  EXPECT_EQ(exact.y_rel_error, 0);
  EXPECT_EQ(exact.y_correlation, 1);
  const Accuracy wrong = zero.compare(std::vector<double>{0, 0, 0.5, 0});
  EXPECT_EQ(wrong.y_snr_db, -kInfinity);
  EXPECT_EQ(wrong.y_rel_error, kInfinity);
  EXPECT_EQ(wrong.y_correlation, 0);
  EXPECT_TRUE(wrong.finite);
  EXPECT_NEAR(wrong.snr_db, 10 * std::log10(8), 1e-12);  // |T|^2 = 2
}

TEST(Oracle, caps_the_signal_to_noise_ratio_above_and_nowhere_else) {
  EXPECT_EQ(worked_example().compare(kWorkedInverse).snr_db, 300);
  EXPECT_EQ(worked_example().compare(kWorkedInverse).y_snr_db, 300);
  EXPECT_EQ(worked_example().compare(kWorkedInverse).rel_error, 0);
  std::vector<double> y = kWorkedInverse;
  y[1] = 1e-20;  // 400 dB
  EXPECT_EQ(worked_example().compare(y).snr_db, 300);
  y[1] = 1e-14;  // below the cap: 3.75 x 10^28
  EXPECT_NEAR(worked_example().compare(y).snr_db, 280 + 10 * std::log10(3.75), 1e-9);
  y[1] = 1e100;
  EXPECT_NEAR(worked_example().compare(y).snr_db, -2000 + 10 * std::log10(3.75), 1e-9);
  y[1] = 1e200;  // its square leaves double
  EXPECT_NEAR(worked_example().compare(y).snr_db, -4000 + 10 * std::log10(3.75), 1e-9);
  EXPECT_NEAR(worked_example().compare(y).rel_error, 1e200 / std::sqrt(3.75), 1e187);
  EXPECT_TRUE(worked_example().compare(y).finite);
}

TEST(Oracle, counts_every_nan_and_infinity_and_gives_no_finite_figure) {
  std::vector<double> y = kWorkedInverse;
  y[3] = kNan;
  y[6] = -kInfinity;
  y[7] = kInfinity;
  const Accuracy a = worked_example().compare(y);
  EXPECT_EQ(a.nan_count, 1);
  EXPECT_EQ(a.inf_count, 2);
  EXPECT_FALSE(a.finite);
  EXPECT_EQ(a.y_snr_db, -kInfinity);
  EXPECT_EQ(a.snr_db, -kInfinity);
  EXPECT_TRUE(std::isnan(a.y_correlation));
  EXPECT_EQ(a.rel_error, kInfinity);
  EXPECT_EQ(a.abs_error_max, kInfinity);
}

TEST(Oracle, a_reference_that_leaves_double_is_told) {
  // Y[2,0] = -0 + 1e200 x 1e200.
  const Oracle beyond({"", 3, {0, 0, 0, 1e200, 0, 0, 0, 1e200, 0}});
  const Accuracy a = beyond.compare(std::vector<double>(9, 0.0));
  EXPECT_FALSE(a.finite);
  EXPECT_EQ(a.nan_count + a.inf_count, 0);
  EXPECT_EQ(a.snr_db, -kInfinity);
}

TEST(Oracle, summarises_means_and_worsts_and_does_not_hide_a_nan) {
  Accuracy good{.y_snr_db = 50,
                .y_rel_error = 0.01,
                .y_correlation = 1,
                .snr_db = 60,
                .rel_error = 0.001,
                .abs_error_max = 0.5},
      poor{.y_snr_db = 10,
           .y_rel_error = 0.3,
           .y_correlation = 0.5,
           .snr_db = 20,
           .rel_error = 0.1,
           .abs_error_max = 0.25},
      broken =
          worked_example().compare(std::vector<double>{0, 0, 0, kNan, 0, 0, kNan, kInfinity, 0});
  const Accuracy two[] = {good, poor}, three[] = {good, broken, poor};
  const AccuracySummary s = summarize(two);
  EXPECT_DOUBLE_EQ(s.y_snr_db_mean, 30);
  EXPECT_EQ(s.y_snr_db_worst, 10);
  EXPECT_DOUBLE_EQ(s.y_rel_error_mean, 0.155);
  EXPECT_EQ(s.y_rel_error_max, 0.3);
  EXPECT_DOUBLE_EQ(s.y_correlation_mean, 0.75);
  EXPECT_EQ(s.y_correlation_worst, 0.5);
  EXPECT_DOUBLE_EQ(s.snr_db_mean, 40);
  EXPECT_EQ(s.snr_db_worst, 20);
  EXPECT_DOUBLE_EQ(s.rel_error_mean, 0.0505);
  EXPECT_EQ(s.rel_error_max, 0.1);
  EXPECT_EQ(s.abs_error_max, 0.5);
  EXPECT_EQ(s.not_finite_chunks, 0);
  const AccuracySummary b = summarize(three);
  EXPECT_EQ(b.not_finite_chunks, 1);
  EXPECT_EQ(b.y_snr_db_mean, -kInfinity);
  EXPECT_EQ(b.snr_db_mean, -kInfinity);
  EXPECT_EQ(b.snr_db_worst, -kInfinity);
  EXPECT_EQ(b.rel_error_max, kInfinity);
  EXPECT_TRUE(std::isnan(b.y_correlation_mean) && std::isnan(b.y_correlation_worst));
  EXPECT_EQ(b.nan_count, 2);
  EXPECT_EQ(b.inf_count, 1);
}

}  // namespace
}  // namespace tricycle
