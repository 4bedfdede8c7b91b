// SPDX-License-Identifier: Apache-2.0
//
// Product form on b-blocks, then block recursion: bits against plain loops
// (plain_mixed_recursive.h), accuracy against what its authors published.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>
#include <vector>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "tests/bitexact/plain_mixed_recursive.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

using testing::by_vector, testing::kernel, testing::scaled_identity, testing::Square;

Program program(int n, Format format, LinearTerms terms, int block = 16) {
  static const HwConfig hw = reference_machine();
  AlgorithmOptions options;
  options.set(kBlock, block);
  const Algorithm& row = find_algorithm("mixed_recursive");
  return lower(row, resolve_parameters(row, n, options), n, format, hw, {.linear_terms = terms});
}

std::vector<double> run(const Square& a, Format format, LinearTerms terms, int block = 16) {
  static const HwConfig hw = reference_machine();
  const Program p = program(a.n, format, terms, block);
  MachineState state = make_state(p);
  const std::vector<double> values(a.v.begin(), a.v.end());
  write_input(p, p.inputs[0], values, state);
  interpret(p, hw, state);
  return read_real(p, p.output, state);
}

/// Strictly lower, uniform in [low, high).
Square random_lower(int n, double low, double high, std::mt19937& random) {
  Square a{n};
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j)
      a.at(i, j) =
          static_cast<float>(low + (high - low) * (static_cast<double>(random()) / 4294967296.0));
  return a;
}
Square all_ones(int n) {
  Square a{n};
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j) a.at(i, j) = 1;
  return a;
}

Eigen::MatrixXd unit_lower(const Square& a) {
  Eigen::MatrixXd m = Eigen::MatrixXd::Identity(a.n, a.n);
  for (int i = 0; i < a.n; ++i)
    for (int j = 0; j < i; ++j) m(i, j) = static_cast<double>(a.at(i, j));
  return m;
}

/// ||I + Y - (I + A)^-1|| / ||(I + A)^-1||, Frobenius, the inverse by Eigen in binary64.
double relative_error(const Square& a, const std::vector<double>& y) {
  const Eigen::MatrixXd t =
      unit_lower(a).triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(a.n, a.n));
  Eigen::MatrixXd ours = Eigen::MatrixXd::Identity(a.n, a.n);
  for (int i = 0; i < a.n; ++i)
    for (int j = 0; j < a.n; ++j) ours(i, j) += y[static_cast<std::size_t>(i * a.n + j)];
  return (ours - t).norm() / t.norm();
}

void expect_same_values(const std::vector<double>& found, const Square& expected,
                        const std::string& what) {
  ASSERT_EQ(found.size(), expected.v.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto want = static_cast<double>(expected.v[i]);
    ASSERT_TRUE(found[i] == want || (std::isnan(found[i]) && std::isnan(want)))
        << what << " entry " << i << ": " << found[i] << " for " << want;
  }
}

TEST(MixedRecursive, has_the_bits_of_the_kernels_pseudo_code) {
  std::mt19937 random(3);
  for (int n : {16, 32, 64, 128})
    for (Format f : {Format::kFp16, Format::kBf16, Format::kFp32})
      for (int b : {16, 32})
        for (double high : {0.05, 1.0}) {
          if (b > n) continue;
          const Square a = rounded(f, random_lower(n, -0.2, high, random));
          const std::string what = std::to_string(n) + " " + std::string(name(f));
          expect_same_values(run(a, f, LinearTerms::kProducts, b), kernel(a, f, b, false), what);
          expect_same_values(run(a, f, LinearTerms::kKept, b), kernel(a, f, b, true), what);
        }
}

TEST(MixedRecursive, by_the_vector_unit_has_the_bits_of_plain_loops) {
  std::mt19937 random(4);
  for (int n : {16, 24, 32, 64, 100, 128})
    for (Format f : {Format::kFp16, Format::kBf16, Format::kFp32})
      for (int b : {2, 4, 16}) {
        const Square a = rounded(f, random_lower(n, -0.2, 0.3, random));
        expect_same_values(run(a, f, LinearTerms::kVector, b), by_vector(a, f, b),
                           std::to_string(n) + " " + std::string(name(f)));
      }
}

TEST(MixedRecursive, executes_as_many_products_as_the_kernel) {
  for (const auto& [n, products] : {std::pair{16, 12}, {32, 16}, {64, 20}, {128, 24}}) {
    EXPECT_EQ(program(n, Format::kFp16, LinearTerms::kProducts).matmul_count, products);
    EXPECT_EQ(program(n, Format::kFp16, LinearTerms::kKept).matmul_count, products - 3);
  }
}

/// 3432, 1716, 792, ..: the powers of a 16-block of ones fit binary16's eleven digits.
TEST(MixedRecursive, is_exact_on_all_ones_in_binary16_with_blocks_of_16_and_nan_with_32) {
  for (int n : {16, 32, 64, 128}) {
    const Square a = all_ones(n);
    const std::vector<double> y = run(a, Format::kFp16, LinearTerms::kProducts);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        ASSERT_EQ(y[static_cast<std::size_t>(i * n + j)], j == i - 1 ? -1 : 0) << n;
    if (n == 16) continue;
    const std::vector<double> large = run(a, Format::kFp16, LinearTerms::kProducts, 32);
    EXPECT_TRUE(std::any_of(large.begin(), large.end(), [](double x) { return std::isnan(x); }));
  }
}

TEST(MixedRecursive, is_as_wrong_on_all_ones_in_bfloat16_as_an_independent_emulation) {
  for (const auto& [n, error] : {std::pair{16, 4.0}, {32, 16.0}, {64, 1024.0}, {128, 4.2e6}}) {
    const std::vector<double> y = run(all_ones(n), Format::kBf16, LinearTerms::kProducts);
    double worst = 0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        worst = std::max(
            worst, std::abs(y[static_cast<std::size_t>(i * n + j)] - (j == i - 1 ? -1.0 : 0.0)));
    EXPECT_NEAR(worst / error, 1, 0.01) << n;
  }
}

/// numpy.random.seed(0); rand(n, n) for n = 16, 32, 64, 128 in turn: two draws of the Mersenne
/// twister make 53 bits.  Published: upper triangular 0.5 rand of binary32, profiling notebook of
/// huawei-csl/gdn-tri-inverse.
TEST(MixedRecursive, meets_the_published_errors_in_binary32) {
  std::mt19937 random(0);
  const auto rand = [&] {
    const auto high = static_cast<double>(random() >> 5);
    const auto low = static_cast<double>(random() >> 6);
    return (high * 67108864.0 + low) / 9007199254740992.0;
  };
  for (const auto& [n, error] :
       {std::pair{16, 8.19e-8}, {32, 9.20e-8}, {64, 1.23e-7}, {128, 2.32e-7}}) {
    Square a{n};
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j)
        if (const auto x = static_cast<float>(0.5 * rand()); j > i) a.at(j, i) = x;  // transposed
    for (LinearTerms terms : {LinearTerms::kProducts, LinearTerms::kVector}) {
      const double ours = relative_error(a, run(a, Format::kFp32, terms));
      EXPECT_GT(ours, error * 0.6) << n;
      EXPECT_LT(ours, error * 1.4) << n;
    }
  }
}

/// Ratio of the largest and least singular value, by power iteration with M^T M and its inverse.
double condition(const Eigen::MatrixXd& m) {
  const auto lower = m.triangularView<Eigen::Lower>();
  Eigen::VectorXd largest = Eigen::VectorXd::LinSpaced(m.rows(), 1, 2), least = largest;
  double high = 0, low = 0;
  for (int i = 0; i < 60; ++i) {
    largest = (m.transpose() * (m * largest)).eval();
    high = largest.norm();
    largest /= high;
    least = lower.solve(m.transpose().triangularView<Eigen::Upper>().solve(least)).eval();
    low = least.norm();
    least /= low;
  }
  return std::sqrt(high * low);
}

/// The scale at which I + scale a has this condition number.
double scale_for_condition(const Square& a, double target) {
  double low = 0, high = 8;
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(a.n, a.n), lower = unit_lower(a) - one;
  for (int step = 0; step < 12; ++step) {
    const double middle = (low + high) / 2;
    (condition(one + middle * lower) < target ? low : high) = middle;
  }
  return low;
}

/// Published of the kernel on a 910B4 (pto-kernels tests): worst over n = 16 .. 128.  There the
/// last level is stored in binary32, here in the format; the draws are others.
TEST(MixedRecursive, loses_digits_with_the_condition_number_as_on_the_device) {
  struct Row {
    double condition, half, brain;
  };
  for (const Row& row :
       {Row{1.2, 2.0e-5, 1.6e-4}, {2, 7.6e-5, 6.1e-4}, {4, 1.5e-4, 1.2e-3}, {8, 2.3e-4, 1.8e-3}})
    for (Format f : {Format::kFp16, Format::kBf16}) {
      double worst = 0;
      for (int n : {16, 64, 128}) {
        std::mt19937 random(static_cast<std::uint32_t>(n));
        Square a = random_lower(n, -1, 1, random);
        const auto scale = static_cast<float>(scale_for_condition(a, row.condition));
        for (float& x : a.v) x *= scale;
        a = rounded(f, a);
        worst = std::max(worst, relative_error(a, run(a, f, LinearTerms::kProducts)));
      }
      const double published = f == Format::kFp16 ? row.half : row.brain;
      EXPECT_GT(worst, published / 3) << row.condition << name(f);
      EXPECT_LT(worst, published * 3) << row.condition << name(f);
    }
}

/// Published: 8.562e-5 becomes 8.290e-5, -3.2 % (pto-kernels PR 238).
TEST(MixedRecursive, gains_accuracy_where_the_inverse_stays_in_its_accumulator) {
  std::mt19937 random(6);
  double copied = 0, kept = 0;
  for (int i = 0; i < 8; ++i) {
    const Square a = rounded(Format::kFp16, random_lower(128, 0, 0.1, random));
    copied += relative_error(a, run(a, Format::kFp16, LinearTerms::kProducts));
    kept += relative_error(a, run(a, Format::kFp16, LinearTerms::kKept));
  }
  EXPECT_LT(kept, copied);
  EXPECT_GT(kept, 0.8 * copied);
}

std::string refusal(int n, Format format, LinearTerms terms, int block,
                    HwConfig hw = reference_machine()) {
  AlgorithmOptions options;
  options.set(kBlock, block);
  const Algorithm& row = find_algorithm("mixed_recursive");
  try {
    lower(row, resolve_parameters(row, n, options), n, format, hw, {.linear_terms = terms});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MixedRecursive, refuses_what_the_kernel_cannot_do_with_what_to_change) {
  for (int n : {8, 24, 100})
    EXPECT_NE(refusal(n, Format::kFp16, LinearTerms::kProducts, 8).find("powers of two from 16"),
              std::string::npos);
  EXPECT_NE(refusal(64, Format::kFp16, LinearTerms::kVector, 24).find("power of two in [2, 64]"),
            std::string::npos);
  EXPECT_NE(refusal(64, Format::kInt16, LinearTerms::kProducts, 16).find("choose vector"),
            std::string::npos);
  HwConfig without = reference_machine();
  without.accumulator_to_scratchpad.present = false;
  EXPECT_NE(refusal(64, Format::kFp16, LinearTerms::kProducts, 16, without)
                .find("topology.accumulator_to_scratchpad"),
            std::string::npos);
  EXPECT_EQ(refusal(64, Format::kFp16, LinearTerms::kVector, 16, without), "");
}

}  // namespace
}  // namespace tricycle
