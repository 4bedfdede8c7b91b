// SPDX-License-Identifier: Apache-2.0
//
// Sums in steps and roundings other than to nearest: what a program stores does not depend on how
// it cuts its matrices, on the array, or on whether it is simulated.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "models/error.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/neumann.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Bits;
using testing::interpreted;
using testing::simulated;

/// Arithmetic a machine may state.
struct Sums {
  std::string name;
  void (*set)(FormatSupport& support);
};
void PrintTo(const Sums& sums, std::ostream* out) { *out << sums.name; }

FormatSupport& steps_of(FormatSupport& support, SumOrder order, std::int64_t fan_in) {
  support.order = order;
  support.fan_in = fan_in;
  return support;
}

constexpr int kChunk = 48;

class SumCuts : public ::testing::TestWithParam<Sums> {};

TEST_P(SumCuts, store_the_same_bits_in_every_cut_and_on_every_array) {
  const std::vector<double> a = testing::chunk_of("correlated", kChunk);
  const HwConfig usual = reference_machine();
  int different = 0;
  for (const Algorithm& row : algorithms())
    for (const Format format : {Format::kFp16, Format::kBf16, Format::kInt16, Format::kInt8}) {
      FormatSupport set = usual.support(format);
      GetParam().set(set);
      if (!row.takes(format) || (!info(format).is_float() && sums_in_steps(set.order))) continue;
      const AlgorithmParameters parameters = resolve_parameters(row, kChunk, {});
      std::optional<Bits> first;
      for (const int array : {8, 16, 64}) {
        HwConfig hw = usual;
        hw.systolic_array.rows = hw.systolic_array.cols = array;
        GetParam().set(hw.formats[static_cast<std::size_t>(format)]);
        for (const int edge : tile_edges(hw, format, kChunk))
          for (int group = 2; group == 2 || (row.merges_pairs && group <= edge); group *= 2) {
            const Program p =
                lower(row, parameters, kChunk, format, hw, {.tile = edge, .merge_group = group});
            const Bits bits = interpreted(p, hw, a);
            if (!first) first = bits;
            ASSERT_EQ(bits, *first) << row.name << " " << name(format) << " on " << array
                                    << " cut into " << edge << ", " << group;
            if (edge == array) {
              ASSERT_EQ(bits, simulated(p, hw, a)) << row.name << " " << name(format);
            }
          }
      }
      const Program p = lower(row, parameters, kChunk, format, usual);
      different += first != interpreted(p, usual, a);
    }
  EXPECT_GT(different, 8) << "the setting reaches the sums";
}

struct Counts {
  std::int64_t saturated, wrapped;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts counts_of(const Program& p, const HwConfig& hw, const std::vector<double>& a) {
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  return {state.saturated_count, state.wrapped_count};
}

/// Sums that leave the accumulator are of a product as a whole, not of the passes it is cut into.
TEST(IntegerSums, leave_the_accumulator_as_often_in_every_cut_and_on_every_array) {
  int with_wrapped = 0;
  for (const char* ensemble : {"all_ones", "correlated"})
    for (const AccumulatorOverflow overflow :
         {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate})
      for (const Algorithm& row : algorithms()) {
        const std::vector<double> a = testing::chunk_of(ensemble, kChunk);
        const AlgorithmParameters parameters = resolve_parameters(row, kChunk, {});
        std::optional<Counts> first;
        for (const int array : {8, 16, 64}) {
          HwConfig hw = reference_machine();
          hw.systolic_array.rows = hw.systolic_array.cols = array;
          hw.formats[static_cast<std::size_t>(Format::kInt16)].overflow = overflow;
          std::vector<std::string> faults;
          for (const int edge : tile_edges(hw, Format::kInt16, kChunk)) {
            const auto p = attempt(faults, [&] {
              return lower(row, parameters, kChunk, Format::kInt16, hw, {.tile = edge});
            });
            if (!p) continue;  // what the algorithm stores has no bound
            const Counts counts = counts_of(*p, hw, a);
            if (!first) first = counts;
            // Where sums are clipped on the way the order of additions shows, but not the cut.
            ASSERT_EQ(counts, *first)
                << row.name << " " << ensemble << " on " << array << " cut into " << edge;
            with_wrapped += counts.wrapped > 0;
          }
        }
      }
  EXPECT_GT(with_wrapped, 8);
}

INSTANTIATE_TEST_SUITE_P(
    Arithmetic, SumCuts,
    ::testing::Values(
        Sums{"tree_of_4", [](FormatSupport& s) { steps_of(s, SumOrder::kTree, 4); }},
        // Fewer fraction bits than an accumulator has: 14 as published of 8-bit floats, and 7.
        Sums{"aligned_14",
             [](FormatSupport& s) { steps_of(s, SumOrder::kAligned, 4).fraction_bits = 14; }},
        Sums{"aligned_7",
             [](FormatSupport& s) { steps_of(s, SumOrder::kAligned, 8).fraction_bits = 7; }},
        Sums{"stochastic", [](FormatSupport& s) { s.rounding = Rounding::kStochastic; }},
        Sums{"toward_zero", [](FormatSupport& s) { s.rounding = Rounding::kTowardZero; }}),
    [](const auto& param) { return param.param.name; });

/// What is left of a product where tiles are skipped: with seven exact diagonals the residual is
/// known to be zero in the tiles of 8 on the diagonal, and the sum there has no product.
TEST(StochasticIntegers, are_rounded_alike_whether_or_not_a_sum_has_a_product) {
  constexpr int kSize = 32;
  const std::vector<double> a = testing::chunk_of("iid", kSize);
  const Algorithm& row = find_algorithm("neumann_masked");
  AlgorithmOptions options;
  options.set(kOrder, 7);
  options.set(kSteps, 4);
  const AlgorithmParameters parameters = resolve_parameters(row, kSize, options);
  for (const Format format : {Format::kInt16, Format::kInt8, Format::kInt4}) {
    HwConfig hw = reference_machine();
    hw.formats[static_cast<std::size_t>(format)].rounding = Rounding::kStochastic;
    const auto in_tiles_of = [&](int edge) {
      return interpreted(lower(row, parameters, kSize, format, hw, {.tile = edge}), hw, a);
    };
    EXPECT_EQ(in_tiles_of(8), in_tiles_of(32)) << name(format);
    EXPECT_EQ(in_tiles_of(8), in_tiles_of(16)) << name(format);
  }
}

/// A A of a chunk of 16, zeros skipped in tiles of `edge`.
Program square_of_input(const HwConfig& hw, Format format, int edge) {
  Emitter e(hw, format, 16, edge);
  const Matrix y = e.matrix("Y", Band{2, 16});
  e.epilogue(y, {}, e.all(), e.all(),
             {.product = e.product(e.input(), e.input(), e.all(), e.all(), e.all(), y.band)});
  e.store_output(y);
  return e.finish();
}

/// Products of 2^-236 and less: every sum rounds to a zero, of a sign that a product of zeros
/// behind it may change.
TEST(SumsThatUnderflow, do_not_show_which_zeros_a_cut_skips) {
  constexpr int kSize = 16;
  std::mt19937 random(1);
  std::vector<double> a(kSize * kSize, 0.0);
  for (int i = 0; i < kSize; ++i)
    for (int j = 0; j < i; ++j)
      a[static_cast<std::size_t>(i * kSize + j)] =
          std::ldexp(random() % 2 == 0 ? 1 : -1, -118 - static_cast<int>(random() % 8));
  for (const Format format : {Format::kBf16, Format::kTf32, Format::kFp32})
    for (const SumOrder order : {SumOrder::kSequential, SumOrder::kTree, SumOrder::kAligned}) {
      HwConfig hw = reference_machine();
      FormatSupport& support = hw.formats[static_cast<std::size_t>(format)];
      support.order = order;
      support.fan_in = 8;
      if (format == Format::kFp32 && order == SumOrder::kSequential)
        support.multiply_add = MultiplyAdd::kFused;
      EXPECT_EQ(interpreted(square_of_input(hw, format, 8), hw, a),
                interpreted(square_of_input(hw, format, 16), hw, a))
          << name(format) << " " << static_cast<int>(order);
    }
}

}  // namespace
}  // namespace tricycle
