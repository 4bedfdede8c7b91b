// SPDX-License-Identifier: Apache-2.0
//
// Gates that are applied to the inverse: in double they give what the recurrence gives; in binary32
// the factors of one form leave its range.
#include "workloads/late_gates.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "models/error.h"
#include "sim/config/load_problem.h"
#include "sim/engine/run.h"
#include "workloads/algorithm.h"
#include "workloads/draw.h"
#include "workloads/inputs.h"
#include "workloads/reference_machine.h"
#include "workloads/tokens/delta_rules.h"

namespace tricycle {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr std::int64_t kTokens = 32, kWidth = 16;

ChunkTokens drawn_tokens(double gate) {
  Draw draw(5);
  ChunkTokens t{kTokens, kWidth};
  for (std::int64_t i = 0; i < kTokens * kWidth; ++i) t.keys.push_back(1 + 0.3 * draw.normal());
  normalise_keys(t.keys, kWidth);
  for (std::int64_t i = 0; i < kTokens; ++i) {
    t.beta.push_back(draw.uniform());
    t.g.push_back(-gate * draw.uniform());
  }
  return t;
}

ChunkMatrix ungated(ChunkTokens t, GatesIn in) {
  LateGates gates = late_gates(in, t.g);
  std::ranges::fill(t.g, 0.0);
  return {"", t.chunk, delta_rule_matrix(find_delta_rule("gdn"), t), std::move(gates)};
}

Matrix square(const std::vector<double>& values) {
  return Eigen::Map<const Matrix>(values.data(), kTokens, kTokens);
}

/// What each token writes, by the recurrence itself: u_i = beta_i (v_i - k_i^T e^{g_i} S).
Matrix written_by_recurrence(const ChunkTokens& t, const Matrix& values) {
  Matrix state = Matrix::Zero(kWidth, values.cols()), u(kTokens, values.cols());
  for (Eigen::Index i = 0; i < kTokens; ++i) {
    const Eigen::Map<const Eigen::VectorXd> key(t.keys.data() + i * kWidth, kWidth);
    state *= std::exp(t.g[static_cast<std::size_t>(i)]);
    u.row(i) = t.beta[static_cast<std::size_t>(i)] * (values.row(i) - key.transpose() * state);
    state += key * u.row(i);
  }
  return u;
}

TEST(LateGates, in_double_the_inverse_with_its_gates_afterwards_is_the_recurrence) {
  for (const double gate : {0.0, 0.05, 3.0, 60.0}) {
    const ChunkTokens t = drawn_tokens(gate);
    const ChunkMatrix m = ungated(t, GatesIn::kDifference);
    Matrix y = square(Oracle({"", kTokens, m.a}).y());  // of the matrix without gates
    for (Eigen::Index i = 0; i < kTokens; ++i)
      for (Eigen::Index j = 0; j < i; ++j)
        y(i, j) *= std::exp(m.gates.sums[static_cast<std::size_t>(i)] -
                            m.gates.sums[static_cast<std::size_t>(j)]);
    Matrix values(kTokens, 3);
    Draw draw(9);
    for (double& v : values.reshaped()) v = draw.normal();
    const Matrix expected = written_by_recurrence(t, values);
    Matrix right = values;
    for (Eigen::Index i = 0; i < kTokens; ++i) right.row(i) *= t.beta[static_cast<std::size_t>(i)];
    EXPECT_LT((right + y * right - expected).norm() / expected.norm(), 1e-13) << gate;
    // The reference that errors are against is that of the matrix with its gates.
    const Matrix reference = square(Oracle(m).y());
    EXPECT_LT((right + reference * right - expected).norm() / expected.norm(), 1e-13) << gate;
  }
}

TEST(LateGates, factors_leave_binary32_where_gates_add_up_to_more_than_88) {
  for (const GatesIn in : {GatesIn::kDifference, GatesIn::kFactors})
    for (const double sum : {1.0, 40.0, 88.0, 90.0, 1000.0}) {
      ChunkTokens t = drawn_tokens(0);
      std::ranges::fill(t.g, -sum / static_cast<double>(kTokens));
      const ChunkMatrix m = ungated(t, in);
      const Accuracy a = Oracle(m).compare(Oracle({"", kTokens, m.a}).y());
      const bool holds = in == GatesIn::kDifference || sum <= 88;
      EXPECT_EQ(a.finite, holds) << sum;
      if (holds) {
        EXPECT_LT(a.y_rel_error, 2e-7) << sum;
        EXPECT_GT(a.y_rel_error, 1e-9) << sum;  // of binary32
      }
    }
}

Problem strong_gates(GatesIn in) {
  Problem p;
  p.name = "strong";
  p.chunk = 64;
  p.input = InputKind::kTokens;
  p.tokens = {.keys = "collinear", .spread = 0.1, .beta = 0.9, .gate_low = -1, .gate_high = -0.5};
  p.gates_in = in;
  p.matrices = 4;
  return p;
}

AccuracySummary accuracy_of_run(GatesIn in, const char* algorithm, Format format) {
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm(algorithm);
  return run_values(hw, prepare(strong_gates(in)),
                    lower(row, resolve_parameters(row, 64, {}), 64, format, hw))
      .accuracy;
}

TEST(LateGates, gates_tame_a_series_only_where_they_are_in_its_matrix) {
  EXPECT_LT(accuracy_of_run(GatesIn::kMatrix, "neumann_product", Format::kFp16).y_rel_error_max,
            1e-3);
  EXPECT_GT(
      accuracy_of_run(GatesIn::kDifference, "neumann_product", Format::kFp16).not_finite_chunks, 0);
  for (const char* exact : {"forward_substitution", "block_doubling"})
    for (const GatesIn in : {GatesIn::kMatrix, GatesIn::kDifference})
      EXPECT_LT(accuracy_of_run(in, exact, Format::kFp32).y_rel_error_max, 1e-6);
}

TEST(LateGates, are_part_of_the_inputs_digest) {
  const auto digest_of = [](GatesIn in, double low) {
    Problem p = strong_gates(in);
    p.tokens.gate_low = low;
    return input_digest(make_inputs(p).chunks);
  };
  const std::string one = digest_of(GatesIn::kDifference, -1);
  EXPECT_EQ(one, digest_of(GatesIn::kDifference, -1));
  EXPECT_NE(one, digest_of(GatesIn::kFactors, -1));
  EXPECT_NE(one, digest_of(GatesIn::kDifference, -0.9));
}

#ifdef TRICYCLE_SOURCE_DIR
TEST(LateGates, of_a_captured_model_and_of_no_rule_whose_gates_are_inside_the_products) {
  const std::string folder = TRICYCLE_SOURCE_DIR "/workloads/problems/";
  const PreparedProblem p =
      prepare(load_inversions(folder + "gdn_lm_c64.yaml", {"input.captured.gates_in=inverse"}));
  const PreparedProblem usual = prepare(load_inversions(folder + "gdn_lm_c64.yaml", {}));
  for (std::size_t i = 0; i < p.chunks.size(); ++i) {
    const std::vector<double> gated = with_gates(p.chunks[i].gates, p.chunks[i].a);
    for (std::size_t at = 0; at < gated.size(); ++at)
      ASSERT_NEAR(gated[at], usual.chunks[i].a[at], 1e-6);
  }
  EXPECT_THROW(load_inversions(folder + "gdn_lm_c64.yaml", {"input.captured.gates_in=never"}),
               InputError);
  EXPECT_THROW(load_inversions(folder + "collinear_c32.yaml",
                               {"input.tokens.gates_in=inverse", "input.tokens.rule=kda"}),
               InputError);
}
#endif

}  // namespace
}  // namespace tricycle
