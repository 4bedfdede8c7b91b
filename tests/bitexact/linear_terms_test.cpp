// SPDX-License-Identifier: Apache-2.0
//
// Where linear terms are added: the bits of products with the identity against plain loops
// (plain_linear_terms.h), that nothing else of a cut moves them, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "models/error.h"
#include "models/semantics/execute.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "tests/bitexact/plain_linear_terms.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/newton_schulz.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Square, testing::rounded, testing::scaled_identity;

Square lower_of(int n, double low, double high, Format f, std::mt19937& random) {
  Square a{n};
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j)
      a.at(i, j) =
          static_cast<float>(low + (high - low) * (static_cast<double>(random()) / 4294967296.0));
  return rounded(f, a);
}

std::vector<double> inverse(const std::string& algorithm, const Square& a, Format format,
                            const Cut& cut, const AlgorithmOptions& options = {}) {
  static const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm(algorithm);
  const Program p = lower(row, resolve_parameters(row, a.n, options), a.n, format, hw, cut);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], std::vector<double>(a.v.begin(), a.v.end()), state);
  interpret(p, hw, state);
  return read_real(p, p.output, state);
}

/// All cuts with these linear terms give the values of the loops.
void expect_values(const std::string& algorithm, const Square& a, Format f, LinearTerms terms,
                   const Square& expected, const AlgorithmOptions& options = {}) {
  for (const int tile : tile_edges(reference_machine(), f, a.n))
    for (const int accumulators : {1, 2})
      for (const int group : {2, 8}) {
        const Cut cut{.tile = tile,
                      .merge_group = std::min(group, tile),
                      .linear_terms = terms,
                      .accumulators = accumulators};
        const std::vector<double> found = inverse(algorithm, a, f, cut, options);
        for (std::size_t i = 0; i < found.size(); ++i) {
          const auto want = static_cast<double>(expected.v[i]);
          ASSERT_TRUE(found[i] == want || (std::isnan(found[i]) && std::isnan(want)))
              << algorithm << " " << name(f) << " " << name(terms) << " tile " << tile << " entry "
              << i << ": " << found[i] << " for " << want;
        }
      }
}

constexpr Format kFloats[] = {Format::kFp16, Format::kBf16, Format::kFp32};

TEST(LinearTerms, as_products_in_the_product_form_have_the_bits_of_plain_loops) {
  std::mt19937 random(11);
  for (const int n : {16, 24, 64})
    for (const Format f : kFloats)
      for (const double high : {0.1, 1.0}) {
        const Square a = lower_of(n, -0.2, high, f, random);
        expect_values("neumann_product", a, f, LinearTerms::kProducts,
                      testing::squarings_by_products(a, f, false));
        expect_values("neumann_product", a, f, LinearTerms::kKept,
                      testing::squarings_by_products(a, f, true));
      }
}

TEST(LinearTerms, as_products_in_newton_schulz_have_the_bits_of_the_kernels_loop) {
  std::mt19937 random(12);
  for (const int n : {16, 32})
    for (const Format f : kFloats) {
      const Square a = lower_of(n, -0.2, 0.2, f, random);
      const Square scaled = scaled_identity(n, 1.0F / static_cast<float>(2 * n));
      const AlgorithmOptions kernel = AlgorithmOptions{}.set(kStart, NewtonStart::kScaledIdentity);
      expect_values("newton_schulz", a, f, LinearTerms::kProducts,
                    testing::newton_by_products(a, f, scaled, 12), kernel);
      const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1);
      const Square start =
          testing::within(rounded(f, testing::product(minus, a, testing::product(one, one))), 0, n);
      expect_values("newton_schulz", a, f, LinearTerms::kProducts,
                    testing::newton_by_products(a, f, start, n == 16 ? 4 : 5));
    }
}

TEST(LinearTerms, as_products_in_banded_and_blocked_steps_have_the_bits_of_plain_loops) {
  std::mt19937 random(13);
  for (const int n : {16, 32, 64})
    for (const Format f : kFloats) {
      const Square a = lower_of(n, -0.3, 0.3, f, random);
      expect_values("masked_newton", a, f, LinearTerms::kProducts,
                    testing::masked_newton_by_products(a, f), AlgorithmOptions{}.put("order", 1));
      expect_values("block_doubling", a, f, LinearTerms::kProducts,
                    testing::doubling_by_products(a, f));
    }
}

/// A term in binary16 enters binary32 sums exactly, so only the order of a sum can show.
TEST(LinearTerms, as_products_are_as_accurate_as_by_the_vector_unit) {
  std::mt19937 random(14);
  const Square a = lower_of(64, -0.1, 0.2, Format::kFp16, random);
  const std::vector<double> exact = inverse("forward_substitution", a, Format::kFp64, {});
  const auto error = [&](const std::string& algorithm, LinearTerms terms) {
    const auto y = inverse(algorithm, a, Format::kFp16, {.linear_terms = terms});
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += (y[i] - exact[i]) * (y[i] - exact[i]);
    return std::sqrt(sum);
  };
  for (const char* algorithm : {"neumann_masked", "masked_newton", "block_doubling"}) {
    const double by_vector = error(algorithm, LinearTerms::kVector);
    EXPECT_LT(error(algorithm, LinearTerms::kProducts), 1.2 * by_vector) << algorithm;
    EXPECT_GT(error(algorithm, LinearTerms::kProducts), 0.8 * by_vector) << algorithm;
  }
}

std::string refusal(const HwConfig& hw, Format format, LinearTerms terms) {
  const Algorithm& row = find_algorithm("neumann_masked");
  try {
    lower_fastest(row, resolve_parameters(row, 16, {}), 16, format, hw, {.linear_terms = terms});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(LinearTerms, that_a_machine_cannot_add_so_are_refused_with_what_it_lacks) {
  HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml");
  using ::testing::HasSubstr;
  EXPECT_THAT(refusal(hw, Format::kFp16, LinearTerms::kProducts),
              HasSubstr("topology.accumulator_to_scratchpad"));
  EXPECT_THAT(refusal(hw, Format::kFp16, LinearTerms::kStart),
              HasSubstr("topology.vector_to_accumulator"));
  hw.accumulator_to_scratchpad.present = hw.vector_to_accumulator.present = true;
  hw.accumulator_to_scratchpad.bytes_per_cycle = hw.vector_to_accumulator.bytes_per_cycle = 64;
  EXPECT_THAT(refusal(hw, Format::kInt8, LinearTerms::kProducts),
              HasSubstr("no code of the scale of the sums; choose vector"));
  EXPECT_EQ(refusal(hw, Format::kFp16, LinearTerms::kProducts), "");
  EXPECT_EQ(refusal(hw, Format::kFp16, LinearTerms::kKept), "");
}

/// Where the vector unit is far away, the search takes the products, and says so.
TEST(LinearTerms, are_chosen_by_simulation) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/peers/pto_isa_a2a3.yaml");
  for (const char* algorithm : {"newton_schulz", "neumann_product", "masked_newton"}) {
    const Algorithm& row = find_algorithm(algorithm);
    const AlgorithmParameters p = resolve_parameters(row, 64, {});
    const auto cycles = [&](const Cut& cut) {
      return lower_fastest(row, p, 64, Format::kFp16, hw, cut).cycles_per_item;
    };
    const TimedProgram best = lower_fastest(row, p, 64, Format::kFp16, hw);
    EXPECT_NE(best.linear_terms, LinearTerms::kVector) << algorithm;
    EXPECT_THAT(best.cut,
                ::testing::HasSubstr(std::string("terms ") + std::string(name(best.linear_terms))));
    EXPECT_LT(2 * best.cycles_per_item, cycles({.linear_terms = LinearTerms::kVector}))
        << algorithm;
  }
}

/// kernel_tri_inv_ns of pto-kernels, step by step in the pipeline model of pto-isa: every pipe has
/// a rate, flags cost nothing.  Each iteration waits for its loads, products and read-outs in turn;
/// only 2 X runs beside the first read-out.
double kernel_cycles(int n, int steps) {
  const double bytes = 2.0 * n * n;
  const double load = std::floor(bytes / 78.38), left = std::floor(bytes / 256),
               right = std::floor(bytes / 128), out = std::floor(bytes / 74.3),
               store = std::floor(2 * bytes / 40.63), product = 6 + std::pow(n / 16.0, 3);
  const double start = 3 * load + 2 * left + right + 2 * product + 2 * out;
  const double iteration = left + right + 2 * product + std::max(out + left, product) + out;
  return start + steps * iteration - out + store;
}

TEST(LinearTerms, give_newton_schulz_the_cycles_of_its_kernel) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/peers/pto_isa_a2a3.yaml");
  const Algorithm& row = find_algorithm("newton_schulz");
  const AlgorithmOptions kernel = AlgorithmOptions{}.set(kStart, NewtonStart::kScaledIdentity);
  for (const int n : {16, 32, 64, 128}) {
    const AlgorithmParameters p = resolve_parameters(row, n, kernel);
    const double expected = kernel_cycles(n, *p.find("steps"));
    EXPECT_NEAR(lower_fastest(row, p, n, Format::kFp16, hw).cycles_per_item, expected,
                0.2 * expected)
        << n;
  }
}

}  // namespace
}  // namespace tricycle
