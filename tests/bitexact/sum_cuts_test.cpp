// SPDX-License-Identifier: Apache-2.0
//
// Sums in steps and roundings other than to nearest: what a program stores does not depend on how
// it cuts its matrices, on the array, or on whether it is simulated.
#include <gtest/gtest.h>

#include <string>

#include "models/error.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
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
    for (const Format format : {Format::kFp16, Format::kBf16}) {
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

}  // namespace
}  // namespace tricycle
