// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/timing/timing.h"

namespace tricycle {

namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// What one dataflow maps onto PE rows, PE columns, and time.
struct Mapping {
  std::int64_t over_rows, over_cols;  // extents laid over the array
  std::int64_t rows_per_tile, cols_per_tile;
  std::int64_t stream_cycles;  // cycles the moving operand takes to enter at one PE row
};

Mapping map(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n, std::int64_t k) {
  const SystolicArrayConfig& a = hw.systolic_array;
  const std::int64_t depth = hw.depth(format);
  switch (a.dataflow) {
    case Dataflow::kWeightStationary: return {k, n, a.rows * depth, a.cols, m};
    case Dataflow::kInputStationary: return {k, m, a.rows * depth, a.cols, n};
    case Dataflow::kOutputStationary: return {m, n, a.rows, a.cols, ceil_div(k, depth)};
  }
  return {};
}

std::int64_t drain_cycles(const SystolicArrayConfig& a) {
  if (a.dataflow != Dataflow::kOutputStationary) return 0;
  switch (a.drain_shift) {
    case DrainShift::kNone: return a.drain_registers;
    case DrainShift::kRows: return a.rows + a.drain_registers;
    case DrainShift::kCols: return a.cols + a.drain_registers;
  }
  return 0;
}

}  // namespace

ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k) {
  const SystolicArrayConfig& a = hw.systolic_array;
  const Mapping map = tricycle::map(hw, format, m, n, k);
  const std::int64_t row_tiles = ceil_div(map.over_rows, map.rows_per_tile);
  const std::int64_t col_tiles = ceil_div(map.over_cols, map.cols_per_tile);
  const std::int64_t stream = map.stream_cycles * hw.support(format).passes;
  const bool stationary_operand = a.dataflow != Dataflow::kOutputStationary;
  const std::int64_t preload = stationary_operand ? a.rows : 0;
  // Skew: the last PE starts rows - 1 + cols - 1 cycles after the first.
  const std::int64_t skew = a.rows + a.cols - 2;
  const std::int64_t drain = drain_cycles(a);

  ArrayTiming t;
  t.passes = row_tiles * col_tiles;
  t.mapped = static_cast<double>(map.over_rows * map.over_cols) /
             static_cast<double>(t.passes * map.rows_per_tile * map.cols_per_tile);
  switch (a.overlap) {
    case Overlap::kNone:
      t.occupancy_cycles = t.latency_cycles = t.passes * (preload + stream + skew + drain);
      return t;
    case Overlap::kPreload:
      // The next tile is preloaded (or the last one shifted out) behind this pass: a pass is as
      // long as the longer of both.
      t.occupancy_cycles = t.passes * std::max(stream, stationary_operand ? preload : drain);
      t.latency_cycles = preload + t.occupancy_cycles + skew + drain;
      return t;
  }
  return t;
}

ArrayTiming matmul_timing(const HwConfig& hw, const Program& program, const Instruction& in) {
  ArrayTiming t = array_timing(hw, program.buffer(in.a).format, in.a.rows, in.b.cols, in.a.cols);
  t.occupancy_cycles += hw.systolic_array.head_cycles;
  t.latency_cycles += hw.systolic_array.head_cycles;
  return t;
}

}  // namespace tricycle
