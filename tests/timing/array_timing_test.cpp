// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

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
  std::ifstream file(TRICYCLE_SOURCE_DIR "/workloads/data/peers/scalesim_cycles.csv");
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

/// The fields of a line of CSV; those with commas stand in quotes.
std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

/// The array of a row of workloads/data/peers/rtl_cycles.csv, as its source describes it.
HwConfig rtl_array(const std::string& design, int rows, int cols, Dataflow dataflow) {
  HwConfig hw = machine_with_array(rows, cols, dataflow, Overlap::kPreload);
  SystolicArrayConfig& a = hw.systolic_array;
  if (design == "axis_sa") {
    // Sums are shifted right, all at once when the last PE is done; a register before and one
    // behind.
    a.drain_shift = DrainShift::kCols;
    a.drain_start = DrainStart::kLast;
    a.drain_registers = 2;
  } else if (design.starts_with("gemmini_mesh")) {
    a.drain_shift = DrainShift::kRows;  // each column behind the wavefront
    a.drain_registers = 2;
  } else if (design.starts_with("Systolic-Tensors")) {
    a.pe_latency = 4;  // multiplier and adder are pipelined
    a.drain_registers = 1;
  } else {
    EXPECT_EQ(design, "ws-systolic-array-soc(+ctl)");
  }
  return hw;
}

TEST(ArrayTiming, every_bit_exact_row_of_rtl_is_met_in_latency_and_tile_interval) {
  std::ifstream file(TRICYCLE_SOURCE_DIR "/workloads/data/peers/rtl_cycles.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  int rows = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> field = csv_fields(line);
    ASSERT_EQ(field.size(), 18U) << line;
    if (field[17] != "True") continue;
    ++rows;
    const auto number = [&](std::size_t column) { return std::stoi(field[column]); };
    const HwConfig hw = rtl_array(field[0], number(2), number(3), dataflow_of(field[1]));
    const ArrayTiming t = array_timing(hw, Format::kInt8, number(4), number(5), number(6));
    ASSERT_EQ(t.passes, 1) << line;
    // The rows count from the first operand to the last sum: loading weights comes before.
    const bool weights_first = field[1] == "ws";
    EXPECT_EQ(t.latency_cycles - (weights_first ? number(2) : 0), number(13)) << line;
    // Tile i of a stream is done i intervals after the first.
    if (!weights_first) {
      const ArrayTiming stream =
          array_timing(hw, Format::kInt8, (1 + number(7)) * number(4), number(5), number(6));
      EXPECT_EQ(stream.latency_cycles - t.latency_cycles, number(9)) << line;
    }
  }
  EXPECT_EQ(rows, 52);
}

TEST(ArrayTiming, output_tiles_follow_each_other_when_the_shift_registers_are_free) {
  HwConfig hw = machine_with_array(8, 4, Dataflow::kOutputStationary, Overlap::kPreload);
  hw.systolic_array.drain_shift = DrainShift::kCols;
  hw.systolic_array.drain_start = DrainStart::kLast;
  const auto interval = [&](int k) {
    return array_timing(hw, Format::kInt8, 16, 4, k).latency_cycles -
           array_timing(hw, Format::kInt8, 8, 4, k).latency_cycles;
  };
  // rows + 2 cols - 2 = 14: a shorter k waits for the chain, a longer one does not.
  EXPECT_EQ(interval(5), 14);
  EXPECT_EQ(interval(14), 14);
  EXPECT_EQ(interval(15), 15);
  // Another product may be a single step long: its sums must not meet the last ones in the chain.
  EXPECT_EQ(array_timing(hw, Format::kInt8, 8, 4, 5).occupancy_cycles, 5 - 1 + 14);
  hw.systolic_array.drain_start = DrainStart::kWavefront;  // 4 columns
  EXPECT_EQ(interval(3), 4);
  EXPECT_EQ(interval(5), 5);
}

TEST(ArrayTiming, preload_and_skew_are_paid_once_behind_streaming_passes) {
  const HwConfig hw = machine_with_array(16, 16, Dataflow::kWeightStationary, Overlap::kPreload);
  const ArrayTiming t = array_timing(hw, Format::kInt8, 64, 32, 32);
  EXPECT_EQ(t.passes, 4);                              // 2 tiles of K x 2 tiles of N
  EXPECT_EQ(t.occupancy_cycles, 4 * 64);               // 64 rows stream through each
  EXPECT_EQ(t.latency_cycles, 16 + 4 * 64 + 15 + 15);  // first preload, row skew, column skew
}

TEST(ArrayTiming, a_tile_that_enters_skewed_delays_the_first_pass_alone) {
  // 8 x 6 PEs, 3 passes of 10 rows: the first element of the tile is followed by the first operand
  // 8 + 6 - 1 cycles later instead of 8; passes behind it still start every 10.
  HwConfig hw = machine_with_array(8, 6, Dataflow::kWeightStationary, Overlap::kPreload);
  const ArrayTiming straight = array_timing(hw, Format::kInt8, 10, 6, 24);
  hw.systolic_array.skewed_tiles = true;
  const ArrayTiming skewed = array_timing(hw, Format::kInt8, 10, 6, 24);
  EXPECT_EQ(skewed.occupancy_cycles, 3 * 10);
  EXPECT_EQ(skewed.occupancy_cycles, straight.occupancy_cycles);
  EXPECT_EQ(skewed.latency_cycles, 2 * 10 + (8 + 6 - 1) + 10 + (8 + 6 - 2));
  EXPECT_EQ(skewed.latency_cycles, straight.latency_cycles + 5);
  // Without overlap every pass pays it; outputs that stay have no tile to load.
  hw.systolic_array.overlap = Overlap::kNone;
  EXPECT_EQ(array_timing(hw, Format::kInt8, 10, 6, 24).latency_cycles,
            3 * ((8 + 6 - 1) + 10 + (8 + 6 - 2)));
  hw.systolic_array.dataflow = Dataflow::kOutputStationary;
  EXPECT_EQ(array_timing(hw, Format::kInt8, 8, 6, 24).latency_cycles, 24 + 8 + 6 - 2);
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
