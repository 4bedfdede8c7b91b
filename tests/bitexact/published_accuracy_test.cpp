// SPDX-License-Identifier: Apache-2.0
//
// The errors that the authors of Ascend's inversion kernels publish (huawei-csl/gdn-tri-inverse,
// tri_inv_numerical_accuracy_comparison.ipynb), on their own matrices: numpy draws them from the
// Mersenne twister of seed 0, of which std::mt19937 is one.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "models/numerics/convert.h"
#include "models/semantics/execute.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/neumann.h"
#include "workloads/inversion/product_form.h"
#include "workloads/oracle.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

constexpr std::array<int, 4> kSizes{16, 32, 64, 128};

/// numpy's random_sample: 53 bits of two draws.
double uniform(std::mt19937& twister) {
  const auto high = static_cast<double>(twister() >> 5U);
  const auto low = static_cast<double>(twister() >> 6U);
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

/// np.random.seed(0); for dtype in (float32, float16): for n in kSizes: triu(0.5 * rand(n,
/// n).astype(dtype)) with a unit diagonal.  Ours is its transpose, which is lower, and whose
/// inverse is the transpose of that one.
const std::vector<double>& notebook_matrix(Format format, int size) {
  static const auto matrices = [] {
    std::map<std::pair<Format, int>, std::vector<double>> all;
    std::mt19937 twister(0);
    for (Format dtype : {Format::kFp32, Format::kFp16})
      for (int n : kSizes) {
        std::vector<double>& a = all[{dtype, n}];
        a.resize(static_cast<std::size_t>(n * n));
        for (int i = 0; i < n; ++i)
          for (int j = 0; j < n; ++j) {
            const double drawn = uniform(twister);
            const double half = 0.5 * decode_float(dtype, encode_float(dtype, drawn));
            if (j > i) a[static_cast<std::size_t>(j * n + i)] = half;
          }
      }
    return all;
  }();
  return matrices.at({format, size});
}

double error(std::string_view algorithm, Format format, int size) {
  static const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm(algorithm);
  const std::vector<double>& a = notebook_matrix(format, size);
  const Program p = lower(row, resolve_parameters(row, size, {}), size, format, hw);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  ChunkMatrix matrix;
  matrix.chunk = size;
  matrix.a = a;
  return Oracle(matrix).compare(read_real(p, p.output, state)).rel_error;
}

/// Relative Frobenius errors of T at n = 16, 32, 64, 128; not finite: NaN or Inf in T.  `factor`:
/// how far ours may be from them.
struct Published {
  std::string_view algorithm;
  Format format;
  std::array<double, 4> errors;
  double factor;
};
void PrintTo(const Published& p, std::ostream* out) {
  *out << p.algorithm << " " << name(p.format);
}
constexpr double kNotFinite = std::numeric_limits<double>::infinity();

class PublishedError : public ::testing::TestWithParam<Published> {};
TEST_P(PublishedError, is_ours_on_the_same_matrices) {
  const Published& p = GetParam();
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const double ours = error(p.algorithm, p.format, kSizes[i]);
    EXPECT_LE(ours, p.errors[i] * p.factor) << kSizes[i];
    EXPECT_GE(ours, p.errors[i] / p.factor) << kSizes[i];
  }
}
INSTANTIATE_TEST_SUITE_P(
    Notebook, PublishedError,
    ::testing::Values(
        // fp32 as published.  Turned upside down, a sweep adds in another order: up to a quarter.
        Published{"column_sweep", Format::kFp32, {2.72e-8, 5.42e-8, 9.70e-8, 2.31e-7}, 1.25},
        Published{"block_doubling", Format::kFp32, {2.49e-8, 5.54e-8, 8.72e-8, 1.82e-7}, 1.25},
        Published{"neumann_product", Format::kFp32, {8.19e-8, 1.16e-6, 6.56e-4, 183}, 1.1},
        // The others by numpy, float16 stored and summed in float32 inside a product.
        Published{"newton_schulz", Format::kFp32, {3.0e-8, 6.9e-8, 1.2e-7, 2.4e-7}, 1.05},
        Published{"column_sweep", Format::kFp16, {2.1e-4, 4.5e-4, 9.5e-4, 1.7e-3}, 1.15},
        Published{"matrix_column_sweep", Format::kFp16, {2.3e-4, 4.1e-4, 8.9e-4, 1.6e-3}, 1.25},
        Published{"block_doubling", Format::kFp16, {1.1e-4, 2.0e-4, 3.0e-4, 4.5e-4}, 1.2},
        Published{"neumann_product", Format::kFp16, {2.4e-4, 3.6e-3, 2.7, kNotFinite}, 1.5},
        Published{"newton_schulz", Format::kFp16, {8.9e-5, 1.2e-4, 1.6e-4, kNotFinite}, 1.05}),
    [](const auto& param) {
      return std::string(param.param.algorithm) + "_" + std::string(name(param.param.format));
    });

double binomial(int n, int k) {
  double result = 1;
  for (int i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return result;
}

AccuracySummary of_all_ones(std::string_view algorithm, Format format, int size,
                            const AlgorithmOptions& options = {},
                            const HwConfig& hw = reference_machine()) {
  ChunkMatrix ones;
  ones.chunk = size;
  for (int i = 0; i < size; ++i)
    for (int j = 0; j < size; ++j) ones.a.push_back(i > j ? 1 : 0);
  const Algorithm& row = find_algorithm(algorithm);
  const Program p = lower(row, resolve_parameters(row, size, options), size, format, hw);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], ones.a, state);
  interpret(p, hw, state);
  const std::vector<Accuracy> one{Oracle(ones).compare(read_real(p, p.output, state))};
  return summarize(one);
}

// All ones: the largest entry of A^k is binomial(n - 2, k - 1).
TEST(PowersOfOnes, are_what_a_truncated_series_errs_by) {
  for (int n : {16, 32, 64})
    for (int order : {2, 3}) {
      AlgorithmOptions options;
      options.set(kOrder, order);
      // T is 1, -1, 0, 0, .. down its columns; what the series leaves out begins with A^(order + 1)
      // and alternates: the partial sums of (-1)^k binomial(d - 1, k - 1) are +-binomial(d - 2,
      // order
      // - 1), d the sub-diagonal, largest at n - 1.
      EXPECT_EQ(of_all_ones("neumann_truncated", Format::kFp64, n, options).abs_error_max,
                binomial(n - 3, order - 1))
          << n << " " << order;
    }
}

TEST(PowersOfOnes, leave_fp16_beyond_blocks_of_16) {
  // A^8 reaches binomial(14, 7) = 3432 at n = 16, binomial(30, 7) = 2.0e6 at n = 32; fp16 ends at
  // 65504.
  for (ProductLoop loop :
       {ProductLoop::kPlain, ProductLoop::kTileOps, ProductLoop::kPypto, ProductLoop::kFlashKda}) {
    AlgorithmOptions options;
    options.set(kLoop, loop);
    EXPECT_EQ(of_all_ones("neumann_product", Format::kFp16, 16, options).abs_error_max, 0);
    EXPECT_GT(of_all_ones("neumann_product", Format::kBf16, 16, options).abs_error_max, 1);
    const AccuracySummary at_32 = of_all_ones("neumann_product", Format::kFp16, 32, options);
    EXPECT_GT(at_32.nan_count + at_32.inf_count, 0);
    EXPECT_GT(of_all_ones("neumann_product", Format::kFp32, 64, options).rel_error_max, 1);
  }
}

TEST(PowersOfOnes, of_chunks_of_16_are_exact_in_fp16_accumulators_as_flashkda_has_them) {
  HwConfig hw = reference_machine();
  hw.formats[static_cast<std::size_t>(Format::kFp16)].accumulator = Accumulator::kFp16;
  AlgorithmOptions options;
  options.set(kLoop, ProductLoop::kFlashKda);
  EXPECT_EQ(of_all_ones("neumann_product", Format::kFp16, 16, options, hw).abs_error_max, 0);
  // fp16 has no odd integers from 2049 on; sums in chunks of 20 reach them.
  EXPECT_GT(of_all_ones("neumann_product", Format::kFp16, 20, options, hw).abs_error_max, 0);
}

TEST(PowersOfOnes, stay_in_fp16_where_the_diagonal_is_split_off_in_blocks_of_16) {
  // B = (I + D)^-1 N has rows of ones and zeros only: its powers do not grow.
  for (int n : {16, 32, 64, 128})
    EXPECT_EQ(of_all_ones("diagonal_split", Format::kFp16, n).abs_error_max, 0) << n;
}

TEST(PowersOfOnes, do_not_enter_methods_whose_masks_or_substitutions_keep_T) {
  for (std::string_view exact : {"masked_newton", "block_horner", "column_sweep",
                                 "matrix_column_sweep", "blocked_substitution"})
    for (Format format : {Format::kFp16, Format::kBf16, Format::kInt16})
      // int16 holds no one: 1 - 2^-15.
      EXPECT_LT(of_all_ones(exact, format, 64).abs_error_max,
                format == Format::kInt16 ? 3e-3 : 1e-9)
          << exact << " " << name(format);
}

}  // namespace
}  // namespace tricycle
