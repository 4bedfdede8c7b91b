// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/isa/way.h"
#include "models/timing/timing.h"

namespace tricycle {

namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// What a dataflow maps onto PE rows, PE columns, and time.
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

/// Cycles in which stationary outputs are shifted out.
std::int64_t shift_cycles(const SystolicArrayConfig& a) {
  if (a.dataflow != Dataflow::kOutputStationary) return 0;
  switch (a.drain_shift) {
    case DrainShift::kNone: return 0;
    case DrainShift::kRows: return a.rows;
    case DrainShift::kCols: return a.cols;
  }
  return 0;
}

/// Cycles from the first element of a stationary tile to the first operand that streams.
std::int64_t preload_cycles(const SystolicArrayConfig& a) {
  if (a.dataflow == Dataflow::kOutputStationary) return 0;
  return a.skewed_tiles ? a.rows + a.cols - 1 : a.rows;
}

/// Cycles from the first operands of the first PE to the sum of the last PE.
std::int64_t skew_cycles(const SystolicArrayConfig& a) {
  if (a.broadcast && a.dataflow == Dataflow::kOutputStationary) return a.pe_latency - 1;
  // Operands move one PE per cycle.  Where sums move, they take pe_latency per PE; otherwise
  // pe_latency counts once.
  return a.dataflow == Dataflow::kOutputStationary ? a.rows + a.cols - 2 + a.pe_latency - 1
                                                   : a.rows * a.pe_latency + a.cols - 2;
}

/// Least number of cycles between the first operands of two overlapping passes, apart from their
/// stream.
std::int64_t least_interval(const SystolicArrayConfig& a, bool chained) {
  if (a.dataflow == Dataflow::kOutputStationary) {
    if (a.drain_shift == DrainShift::kNone) return 0;
    // A chain of output registers must be empty before the next sums are captured.
    const std::int64_t wait = a.drain_start == DrainStart::kLast ? a.rows + a.cols - 2 : 0;
    return wait + shift_cycles(a);
  }
  // The next tile takes `rows` cycles down the load registers.  It must not be captured before the
  // last row has started to use its own tile, (rows - 1) pe_latency after the first row.
  const std::int64_t load = a.rows + (a.rows - 1) * (a.pe_latency - 1);
  // A sum that continues from another must also find that one in the accumulator.
  return chained ? std::max(load, a.rows * a.pe_latency + a.drain_registers) : load;
}

}  // namespace

ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k) {
  return array_timing(hw, format, m, n, k, hw.support(format).passes);
}

std::int64_t product_passes(const HwConfig& hw, Format format, int weight_bits) {
  const std::int64_t passes = hw.support(format).passes;
  if (info(format).is_float()) return passes;
  const std::int64_t slices = ceil_div(info(format).bits, 8);
  return std::max<std::int64_t>(1, passes * ceil_div(weight_bits, 8) / slices);
}

HwConfig for_weights(const HwConfig& hw, Format format, int weight_bits) {
  HwConfig seen = hw;
  seen.formats[static_cast<std::size_t>(format)].passes = product_passes(hw, format, weight_bits);
  return seen;
}

namespace {

double peak_cycles_of(const HwConfig& hw, const Program& program, const Matmul& product) {
  const Format format = program.buffer(product.a).format;
  // In one pass a product the array does so many a cycle.
  const double at_once =
      hw.peak_macs_per_cycle(format) * static_cast<double>(hw.support(format).passes);
  return static_cast<double>(product.macs()) / at_once *
         static_cast<double>(product_passes(hw, format, program.buffer(product.b).bits()));
}

}  // namespace

double cycles_at_peak(const HwConfig& hw, const Program& program) {
  return cycles_at_peak(hw, program, period(program));
}

double cycles_at_peak(const HwConfig& hw, const Program& program, std::int64_t items) {
  double cycles = 0;
  for (const WeightedWay& way : weighted_ways(program, items))
    for (const std::uint32_t i : executed(program, way.way))
      if (const auto* product = program.instructions[i].as<Matmul>())
        cycles += static_cast<double>(way.items) * peak_cycles_of(hw, program, *product);
  return cycles / static_cast<double>(items);
}

ArrayTiming array_timing(const HwConfig& hw, Format format, std::int64_t m, std::int64_t n,
                         std::int64_t k, std::int64_t product_passes) {
  const SystolicArrayConfig& a = hw.systolic_array;
  const Mapping map = tricycle::map(hw, format, m, n, k);
  const std::int64_t row_tiles = ceil_div(map.over_rows, map.rows_per_tile);
  const std::int64_t col_tiles = ceil_div(map.over_cols, map.cols_per_tile);
  const std::int64_t stream = map.stream_cycles * product_passes;
  const std::int64_t pass = preload_cycles(a) + a.pass_head_cycles + stream + skew_cycles(a) +
                            shift_cycles(a) + a.drain_registers;

  ArrayTiming t;
  t.passes = row_tiles * col_tiles;
  t.mapped = static_cast<double>(map.over_rows * map.over_cols) /
             static_cast<double>(t.passes * map.rows_per_tile * map.cols_per_tile);
  switch (a.overlap) {
    case Overlap::kNone: t.occupancy_cycles = t.latency_cycles = t.passes * pass; return t;
    case Overlap::kPreload: {
      const bool chained = sums_are_chained(hw.mac_spec(format));
      const std::int64_t interval =
          a.pass_head_cycles + std::max(stream, least_interval(a, chained));
      // After a product whose sums are shifted out, the chain must be empty, even if the next
      // product is a single step long.
      const std::int64_t last = shift_cycles(a) == 0
                                    ? interval
                                    : a.pass_head_cycles + stream - 1 + least_interval(a, chained);
      t.occupancy_cycles = (t.passes - 1) * interval + last;
      t.latency_cycles = (t.passes - 1) * interval + pass;
      return t;
    }
  }
  return t;
}

ArrayTiming in_machine_cycles(const HwConfig& hw, ArrayTiming t) {
  t.occupancy_cycles = machine_cycles(hw, hw.systolic_array.clock_ghz, t.occupancy_cycles);
  t.latency_cycles = machine_cycles(hw, hw.systolic_array.clock_ghz, t.latency_cycles);
  return t;
}

bool awaits_sums(const HwConfig& hw, const Program& program, const Instruction& earlier,
                 const Instruction& later) {
  const SystolicArrayConfig& a = hw.systolic_array;
  if (earlier.as<Solve>() != nullptr) return true;
  const auto* product = later.as<Matmul>();
  if (product == nullptr || earlier.as<Matmul>() == nullptr || !earlier.dst.overlaps(later.dst) ||
      !sums_are_chained(hw.mac_spec(program.buffer(product->a).format)))
    return false;
  switch (a.dataflow) {
    case Dataflow::kWeightStationary: return later.dst.row > earlier.dst.row;
    case Dataflow::kInputStationary: return later.dst.col > earlier.dst.col;
    case Dataflow::kOutputStationary:
      return a.drain_shift != DrainShift::kNone || a.drain_registers > 0 || a.pe_latency > 1;
  }
  return false;
}

OperandReads operand_reads(const HwConfig& hw, const Matmul& product) {
  const SystolicArrayConfig& a = hw.systolic_array;
  const std::int64_t m = product.m(), n = product.n();
  switch (a.dataflow) {
    case Dataflow::kWeightStationary: return {ceil_div(n, a.cols), 1};
    case Dataflow::kInputStationary: return {1, ceil_div(m, a.cols)};
    case Dataflow::kOutputStationary: return {ceil_div(n, a.cols), ceil_div(m, a.rows)};
  }
  return {};
}

ArrayTiming matmul_timing(const HwConfig& hw, const Program& program, const Matmul& product) {
  const Format format = program.buffer(product.a).format;
  ArrayTiming t = array_timing(hw, format, product.m(), product.n(), product.k(),
                               product_passes(hw, format, program.buffer(product.b).bits()));
  t.occupancy_cycles += hw.systolic_array.head_cycles;
  t.latency_cycles += hw.systolic_array.head_cycles;
  return in_machine_cycles(hw, t);
}

}  // namespace tricycle
