// SPDX-License-Identifier: Apache-2.0
//
// What no run can go below, against runs of every algorithm.
#include "sim/engine/cycle_bound.h"

#include <gtest/gtest.h>

#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/algorithm.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

/// An item's share of a run in which nothing can have been done before.
double cycles_of_whole_rounds(const Program& p, const HwConfig& hw) {
  const std::int64_t items = 4 * hw.cores * items_in_flight(p, hw);
  return static_cast<double>(simulate(p, hw, items, nullptr).total_cycles) /
         static_cast<double>(items);
}

TEST(CycleBound, is_never_above_the_cycles_of_a_whole_run) {
  for (const Dataflow dataflow :
       {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary})
    for (const std::int64_t in_flight : {1, 2, 8})
      for (const Algorithm& row : algorithms()) {
        HwConfig hw = testing::machine_with_array(16, 16, dataflow, Overlap::kPreload);
        hw.sequencer.in_flight = in_flight;
        hw.cores = in_flight == 2 ? 2 : 1;
        for (const int tile : tile_edges(hw, Format::kFp16, 32)) {
          const Program p =
              lower(row, resolve_parameters(row, 32, {}), 32, Format::kFp16, hw, {.tile = tile});
          const double least = least_cycles_per_item(p, hw);
          EXPECT_LE(least, cycles_of_whole_rounds(p, hw)) << row.name << " tile " << tile;
          EXPECT_GT(least, 0);
        }
      }
}

TEST(CycleBound, is_never_above_the_cycles_of_programs_that_read_out_without_the_vector_unit) {
  HwConfig hw = testing::machine_with_array(16, 16, Dataflow::kOutputStationary, Overlap::kPreload);
  hw.accumulator_to_scratchpad.present = true;
  const Algorithm& row = find_algorithm("mixed_recursive");
  for (const double rate : {1.0, 64.0})
    for (const LinearTerms terms : {LinearTerms::kProducts, LinearTerms::kKept}) {
      hw.accumulator_to_scratchpad.bytes_per_cycle = rate;
      const AlgorithmParameters parameters = resolve_parameters(row, 32, {});
      const Program p = lower(row, parameters, 32, Format::kFp16, hw, {.linear_terms = terms});
      EXPECT_LE(least_cycles_per_item(p, hw), cycles_of_whole_rounds(p, hw)) << rate;
      EXPECT_GT(least_cycles_per_item(p, hw), 0);
    }
}

}  // namespace
}  // namespace tricycle
