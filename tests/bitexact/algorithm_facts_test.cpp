// SPDX-License-Identifier: Apache-2.0
//
// What the masked Neumann method promises, on matrices of small integers: every value stays an
// integer below 2^53, so that fp64 is exact arithmetic and "exact" means equal.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "models/semantics/execute.h"
#include "tests/bitexact/square.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"
#include "workloads/inversion/newton_schulz.h"
#include "workloads/oracle.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

constexpr int kSize = 16;

using testing::product;
using Square = testing::RealSquare;

/// Strictly lower, entries +-1.
Square signs(int seed) {
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  Square a{kSize};
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < i; ++j) a.at(i, j) = random() % 2 == 0 ? 1 : -1;
  return a;
}

/// Y = (I + A)^-1 - I by its definition, row by row.
Square exact_inverse(const Square& a) {
  Square y{a.size};
  for (int i = 0; i < a.size; ++i)
    for (int j = 0; j < i; ++j) {
      y.at(i, j) = -a.at(i, j);
      for (int k = j + 1; k < i; ++k) y.at(i, j) -= a.at(i, k) * y.at(k, j);
    }
  return y;
}

/// sum of (-A)^n for n = 1..N.
Square power_sum(const Square& a, int order) {
  Square power{a.size}, sum{a.size};
  for (int i = 0; i < a.size; ++i) power.at(i, i) = 1;
  for (int n = 1; n <= order; ++n) {
    power = product(power, a);
    for (std::size_t x = 0; x < sum.values.size(); ++x)
      sum.values[x] += (n % 2 == 0 ? 1 : -1) * power.values[x];
  }
  return sum;
}

/// Only 1 <= i - j <= w.
Square band(Square m, int width) {
  for (int i = 0; i < m.size; ++i)
    for (int j = 0; j < m.size; ++j)
      if (i - j < 1 || i - j > width) m.at(i, j) = 0;
  return m;
}

Square inverted(const Square& a, std::string_view algorithm, const AlgorithmOptions& options) {
  static const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm(algorithm);
  const Program p = lower(row, resolve_parameters(row, a.size, options), a.size, Format::kFp64, hw);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a.values, state);
  interpret(p, hw, state);
  return {a.size, read_real(p, p.output, state)};
}

Square neumann_masked(const Square& a, int order, int steps,
                      MaskPlacement mask = MaskPlacement::kFirst,
                      Evaluation evaluation = Evaluation::kHorner) {
  AlgorithmOptions options;
  options.set(kOrder, order);
  options.set(kSteps, steps);
  options.set(kMask, mask);
  options.set(kEvaluation, evaluation);
  return inverted(a, "neumann_masked", options);
}

double difference(const Square& x, const Square& y) {
  double squares = 0, all = x.size;  // T has the identity
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    squares += (x.values[i] - y.values[i]) * (x.values[i] - y.values[i]);
    all += x.values[i] * x.values[i];
  }
  return std::sqrt(squares / all);
}

/// Leading diagonals, the main one counted, on which two matrices are equal.
int equal_diagonals(const Square& x, const Square& y) {
  for (int d = 1; d < x.size; ++d)
    for (int i = d; i < x.size; ++i)
      if (x.at(i, i - d) != y.at(i, i - d)) return d;
  return x.size;
}

TEST(AlgorithmFacts, exact_algorithms_invert_integer_matrices_without_error) {
  for (int seed = 0; seed < 20; ++seed) {
    const Square a = signs(seed), y = exact_inverse(a);
    for (std::string_view exact :
         {"forward_substitution", "column_sweep", "matrix_column_sweep", "blocked_substitution",
          "block_elimination", "block_doubling", "masked_newton", "block_horner", "neumann_product",
          "newton_schulz", "diagonal_split", "solve_unit"})
      EXPECT_EQ(inverted(a, exact, {}).values, y.values) << exact;
  }
}

TEST(AlgorithmFacts, masked_newton_is_exact_from_every_start_and_blocks_of_every_size_are) {
  const Square a = signs(4), y = exact_inverse(a);
  AlgorithmOptions options;
  for (int order = 1; order < kSize; ++order) {
    options.set(kOrder, order);
    EXPECT_EQ(inverted(a, "masked_newton", options).values, y.values) << order;
  }
  options = {};
  for (int block = 2; block <= kSize; block *= 2) {
    options.set(kBlock, block);
    for (std::string_view exact : {"block_horner", "blocked_substitution", "block_elimination",
                                   "diagonal_split", "solve_unit"})
      EXPECT_EQ(inverted(a, exact, options).values, y.values) << exact << " " << block;
  }
}

TEST(AlgorithmFacts, the_truncated_series_is_the_sum_of_powers) {
  const Square a = signs(5);
  AlgorithmOptions options;
  for (int order = 1; order < kSize; ++order) {
    options.set(kOrder, order);
    EXPECT_EQ(inverted(a, "neumann_truncated", options).values, power_sum(a, order).values);
  }
}

TEST(AlgorithmFacts, every_newton_step_doubles_the_diagonals_that_are_exact) {
  // -A positive: no power of it has a zero by accident.
  Square a = signs(2);
  for (double& v : a.values) v = -std::abs(v);
  const Square y = exact_inverse(a);
  AlgorithmOptions options;
  for (int steps = 1; steps <= 4; ++steps) {
    options.set(kSteps, steps);
    EXPECT_EQ(equal_diagonals(inverted(a, "newton_schulz", options), y),
              std::min(2 << steps, kSize));
  }
}

TEST(AlgorithmFacts, newton_from_a_multiple_of_the_identity_converges_in_its_default_steps) {
  for (int seed = 0; seed < 5; ++seed) {
    Square a = signs(seed);
    for (double& v : a.values) v /= 4;
    AlgorithmOptions options;
    options.set(kStart, NewtonStart::kScaledIdentity);
    EXPECT_LT(difference(inverted(a, "newton_schulz", options), exact_inverse(a)), 1e-10);
    // 2 C = 32: after 3 of 12 steps the diagonal is not even half of one.
    options.set(kSteps, 3);
    EXPECT_GT(difference(inverted(a, "newton_schulz", options), exact_inverse(a)), 0.1);
  }
}

TEST(AlgorithmFacts,
     the_unmasked_start_is_the_sum_of_powers_and_each_power_starts_a_diagonal_later) {
  for (int seed = 0; seed < 5; ++seed) {
    const Square a = signs(seed), y = exact_inverse(a);
    for (int order = 1; order < kSize; ++order) {
      const Square start = neumann_masked(a, order, 1, MaskPlacement::kNone);
      EXPECT_EQ(start.values, power_sum(a, order).values);
      // A^n is zero for d < n, so N terms have d <= N: N + 1 diagonals with the main one.
      EXPECT_EQ(equal_diagonals(start, y), order + 1);
    }
  }
}

TEST(AlgorithmFacts, the_masked_start_is_the_band_of_the_inverse_wherever_the_mask_stands) {
  for (int seed = 0; seed < 5; ++seed) {
    const Square a = signs(seed), y = exact_inverse(a);
    for (int order = 1; order < kSize; ++order) {
      EXPECT_EQ(neumann_masked(a, order, 1).values, band(y, order).values);
      EXPECT_EQ(neumann_masked(a, order, 1, MaskPlacement::kAfter).values,
                band(power_sum(a, order), order).values);
      EXPECT_EQ(band(power_sum(a, order), order).values, band(y, order).values);
    }
  }
}

TEST(AlgorithmFacts, a_narrow_mask_discards_exact_diagonals_and_a_wide_one_keeps_wrong_ones) {
  const Square a = signs(1), y = exact_inverse(a);
  AlgorithmOptions options;
  options.set(kOrder, 4);
  options.set(kSteps, 1);
  for (MaskPlacement mask : {MaskPlacement::kFirst, MaskPlacement::kAfter})
    for (int width = 1; width <= 4; ++width) {
      options.set(kMask, mask);
      options.set(kMaskWidth, width);
      EXPECT_EQ(inverted(a, "neumann_masked", options).values, band(y, width).values);
    }
  options.set(kMask, MaskPlacement::kAfter);
  options.set(kMaskWidth, 7);
  const Square wide = inverted(a, "neumann_masked", options);
  EXPECT_EQ(wide.values, band(power_sum(a, 4), 7).values);
  EXPECT_NE(wide.values, band(y, 7).values);
}

TEST(AlgorithmFacts, S_steps_make_N_plus_1_times_S_diagonals_exact_and_not_one_more) {
  // -A positive: no power of it, and no diagonal of a residual, has a zero by accident.
  Square a = signs(2);
  for (double& v : a.values) v = -std::abs(v) - (v < 0 ? 1 : 0);
  const Square y = exact_inverse(a);
  for (MaskPlacement mask : {MaskPlacement::kFirst, MaskPlacement::kAfter, MaskPlacement::kNone})
    for (int order = 1; order <= 5; ++order)
      for (int steps = 1; steps <= 6; ++steps)
        for (Evaluation evaluation :
             {Evaluation::kHorner, Evaluation::kPowers, Evaluation::kDoubling}) {
          if (evaluation == Evaluation::kDoubling &&
              !std::has_single_bit(static_cast<unsigned>(steps)))
            continue;
          // At S >= C / (N + 1) all of them.
          EXPECT_EQ(equal_diagonals(neumann_masked(a, order, steps, mask, evaluation), y),
                    std::min((order + 1) * steps, kSize))
              << order << " " << steps;
        }
}

TEST(AlgorithmFacts, the_blockwise_method_is_exact_where_its_blocks_are) {
  const Square a = signs(3), y = exact_inverse(a);
  AlgorithmOptions options;
  options.set(kBlock, 8);
  options.set(kOrder, 3);
  options.set(kSteps, 2);  // 4 x 2 = 8 diagonals
  EXPECT_EQ(inverted(a, "neumann_masked_blockwise", options).values, y.values);
  options.set(kSteps, 1);
  EXPECT_NE(inverted(a, "neumann_masked_blockwise", options).values, y.values);
}

TEST(AlgorithmFacts, horner_doubling_and_powers_agree_in_fp64_to_1e_12) {
  for (std::string_view ensemble : {"iid", "correlated", "identical_keys"}) {
    Problem problem;
    problem.chunk = 64;
    problem.ensemble = ensemble;
    problem.matrices = 4;
    for (const ChunkMatrix& m : synthetic_chunks(problem)) {
      const Square a{64, m.a};
      const Square horner = neumann_masked(a, 3, 8);
      for (Evaluation other : {Evaluation::kDoubling, Evaluation::kPowers})
        EXPECT_LT(difference(neumann_masked(a, 3, 8, MaskPlacement::kFirst, other), horner), 1e-12)
            << m.label;
    }
  }
}

TEST(AlgorithmFacts,
     inverse_start_residual_and_prefixes_of_captured_chunks_stay_in_the_unit_range) {
  double largest = 0;
  const auto check = [&](double v, const char* what, const std::string& label) {
    ASSERT_LE(std::abs(v), 1) << what << " " << label;
    largest = std::max(largest, std::abs(v));
  };
  for (const ChunkMatrix& m :
       captured_chunks(TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm/captured_acts.safetensors", 64)
           .chunks) {
    const Square a{64, m.a};
    const Square start = neumann_masked(a, 3, 1);
    const Oracle oracle(m);
    for (double v : oracle.y()) check(v, "T", m.label);
    for (double v : start.values) check(v, "T0", m.label);
    for (int i = 0; i < 64; ++i)
      for (int j = 0; j < i; ++j) {
        // A T0 with the implicit identity as the term k = j, k ascending; E = I - T0 - A T0.
        double prefix = 0;
        for (int k = j; k < i; ++k) {
          prefix += a.at(i, k) * (k == j ? 1 : start.at(k, j));
          check(prefix, "prefix of A T0", m.label);
        }
        check(-(start.at(i, j) + prefix), "E", m.label);
      }
  }
  EXPECT_GT(largest, 0.5);  // the range is used
}

}  // namespace
}  // namespace tricycle
