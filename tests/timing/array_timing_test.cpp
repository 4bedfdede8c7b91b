// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "models/timing/timing.h"
#include "tests/machines.h"

namespace tricycle {
namespace {

using testing::machine_with_array;

Dataflow dataflow_of(const std::string& name) {
  if (name == "ws") return Dataflow::kWeightStationary;
  if (name == "is") return Dataflow::kInputStationary;
  EXPECT_EQ(name, "os");
  return Dataflow::kOutputStationary;
}

TEST(ArrayTiming, without_overlap_every_row_of_scale_sim_is_met_exactly) {
  std::ifstream file(TRICYCLE_SOURCE_DIR "/tests/peers/scalesim_cycles.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  int rows = 0;
  for (; std::getline(file, line); ++rows) {
    std::istringstream in(line);
    std::string field[7];
    for (std::string& f : field) std::getline(in, f, ',');
    const HwConfig hw = machine_with_array(std::stoi(field[0]), std::stoi(field[1]),
                                           dataflow_of(field[2]), Overlap::kNone);
    const ArrayTiming t = array_timing(hw, Format::kInt8, std::stoi(field[3]), std::stoi(field[4]),
                                       std::stoi(field[5]));
    EXPECT_EQ(t.occupancy_cycles, std::stoi(field[6]) + 1) << line;
  }
  EXPECT_EQ(rows, 115);
}

TEST(ArrayTiming, with_preload_the_active_cycles_of_onnxim_are_met_exactly) {
  struct Row {
    int array, size, active_cycles;
  };
  // ONNXim a1e8629, weight-stationary, int8: array-active cycles.
  const Row rows[] = {{128, 1024, 65536}, {128, 128, 128}, {32, 128, 2048},  {32, 1024, 1048576},
                      {16, 64, 1024},     {16, 128, 8192}, {16, 256, 65536}, {8, 256, 262144}};
  for (const Row& row : rows) {
    const HwConfig hw =
        machine_with_array(row.array, row.array, Dataflow::kWeightStationary, Overlap::kPreload);
    EXPECT_EQ(array_timing(hw, Format::kInt8, row.size, row.size, row.size).occupancy_cycles,
              row.active_cycles)
        << row.array << " " << row.size;
  }
}

TEST(ArrayTiming, preload_and_skew_are_paid_once_behind_streaming_passes) {
  const HwConfig hw = machine_with_array(16, 16, Dataflow::kWeightStationary, Overlap::kPreload);
  const ArrayTiming t = array_timing(hw, Format::kInt8, 64, 32, 32);
  EXPECT_EQ(t.passes, 4);                              // 2 tiles of K x 2 tiles of N
  EXPECT_EQ(t.occupancy_cycles, 4 * 64);               // 64 rows stream through each
  EXPECT_EQ(t.latency_cycles, 16 + 4 * 64 + 15 + 15);  // first preload, row skew, column skew
}

TEST(ArrayTiming, a_dot_product_of_depth_in_each_pe_divides_the_passes_over_k) {
  HwConfig hw = machine_with_array(16, 16, Dataflow::kOutputStationary, Overlap::kPreload);
  hw.systolic_array.depth = 16;
  EXPECT_EQ(array_timing(hw, Format::kFp16, 16, 16, 64).occupancy_cycles, 4);
  hw.formats[static_cast<std::size_t>(Format::kFp16)].passes = 2;
  EXPECT_EQ(array_timing(hw, Format::kFp16, 16, 16, 64).occupancy_cycles, 8);
}

TEST(ArrayTiming, shifting_outputs_out_costs_rows_or_columns_and_registers) {
  HwConfig hw = machine_with_array(8, 4, Dataflow::kOutputStationary, Overlap::kNone);
  const std::int64_t bare = array_timing(hw, Format::kInt8, 8, 4, 32).occupancy_cycles;
  EXPECT_EQ(bare, 32 + 8 + 4 - 2);
  hw.systolic_array.drain_registers = 2;
  hw.systolic_array.drain_shift = DrainShift::kCols;
  EXPECT_EQ(array_timing(hw, Format::kInt8, 8, 4, 32).occupancy_cycles,
            32 + 8 + 2 * 4);  // K + R + 2C, as axis_sa's RTL
  hw.systolic_array.drain_shift = DrainShift::kRows;
  EXPECT_EQ(array_timing(hw, Format::kInt8, 8, 4, 32).occupancy_cycles,
            32 + 2 * 8 + 4);  // K + 2R + C
}

TEST(ArrayTiming, mapped_share_is_the_mean_over_passes_of_pes_that_hold_data) {
  const HwConfig hw = machine_with_array(4, 32, Dataflow::kWeightStationary, Overlap::kNone);
  EXPECT_DOUBLE_EQ(array_timing(hw, Format::kInt8, 10, 16, 4).mapped, 0.5);
}

}  // namespace
}  // namespace tricycle
