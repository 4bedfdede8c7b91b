// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "models/hw_config.h"
#include "workloads/reference_machine.h"

namespace tricycle::testing {

inline SystolicArrayConfig random_array(SystolicArrayConfig a, std::mt19937& random) {
  const auto upto = [&](unsigned high) { return static_cast<std::int64_t>(1 + random() % high); };
  a.rows = upto(12);
  a.cols = upto(12);
  a.depth = upto(3);
  a.dataflow = static_cast<Dataflow>(random() % 3);
  a.overlap = static_cast<Overlap>(random() % 2);
  a.pe_latency = upto(3);
  a.drain_shift = static_cast<DrainShift>(random() % 3);
  a.drain_start = static_cast<DrainStart>(random() % 2);
  a.drain_registers = upto(3) - 1;
  a.head_cycles = upto(6) - 1;
  a.pass_head_cycles = upto(4) - 1;
  return a;
}

/// Orders of sums, accumulators, roundings and subnormals of float formats, drawn anew.
inline void draw_float_arithmetic(HwConfig& hw, std::mt19937& random) {
  for (const FormatInfo& row : kFormats) {
    FormatSupport& f = hw.formats[static_cast<std::size_t>(row.id)];
    if (!row.is_float() || random() % 2 == 0) continue;
    f.order = static_cast<SumOrder>(random() % (row.id == Format::kFp64 ? 3 : 4));
    f.fraction_bits = 20 + static_cast<std::int64_t>(random() % 8);
    if (is_within_fp16(row.id) && random() % 2 == 0) f.accumulator = Accumulator::kFp16;
    if (rounds_when_stored(row.id) && random() % 4 == 0) f.rounding = Rounding::kStochastic;
    if (random() % 4 == 0) f.subnormals = Subnormals::kFlush;
  }
}

/// A machine with every cost, contention and arithmetic of its array drawn at random.
inline HwConfig random_machine(std::mt19937& random) {
  const auto upto = [&](unsigned high) { return static_cast<std::int64_t>(1 + random() % high); };
  HwConfig hw = reference_machine();
  hw.systolic_array = random_array(hw.systolic_array, random);
  for (FormatSupport& f : hw.formats) {
    f.order = static_cast<SumOrder>(random() % 2);
    f.overflow = static_cast<AccumulatorOverflow>(random() % 2);
    f.multiply_add = static_cast<MultiplyAdd>(random() % 2);
    f.passes = upto(3);
  }
  hw.vector_unit.units = upto(3);
  hw.vector_unit.scalar_operand_cycles = upto(4) - 1;
  hw.vector_unit.result_latency_cycles = upto(9) - 1;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = upto(20);
  hw.scratchpad.banks = upto(8);
  hw.scratchpad.width_bytes = 32;
  hw.scratchpad.interleave_bytes = 64;
  hw.accumulator_to_vector.latency_cycles = upto(20);
  hw.dma.queues = upto(2);
  hw.dma.requests_in_flight = upto(16);
  hw.dram.latency_ns = static_cast<double>(upto(100));
  hw.dram.bandwidth_gbps = static_cast<double>(upto(50));
  hw.sequencer = {.in_flight = upto(4),
                  .token_latency_cycles = upto(5) - 1,
                  .issue_cycles = upto(4) - 1,
                  .launch_cycles = upto(100) - 1,
                  .dispatch = static_cast<Dispatch>(random() % 2)};
  hw.vector_unit.operations[static_cast<std::size_t>(VectorOp::kMultiplyAdd)].present =
      random() % 2 == 0;
  hw.vector_unit.barrier_cycles = upto(20) - 1;
  hw.vector_unit.unaligned_tail_cycles = upto(20) - 1;
  hw.vector_unit.row_startup_cycles = static_cast<double>(upto(5) - 1);
  // From a copy: what a test draws next does not depend on these keys.
  std::mt19937 copy = random;
  hw.cores = static_cast<std::int64_t>(1 + copy() % 3);
  hw.scratchpad_to_matrix = {.present = copy() % 2 == 0,
                             .a_bytes_per_cycle = static_cast<double>(1 + copy() % 64),
                             .b_bytes_per_cycle = static_cast<double>(1 + copy() % 64),
                             .latency_cycles = static_cast<std::int64_t>(copy() % 9),
                             .buffers = static_cast<std::int64_t>(1 + copy() % 3)};
  hw.accumulator_to_scratchpad.bytes_per_cycle = static_cast<double>(1 + copy() % 64);
  hw.accumulator_to_scratchpad.latency_cycles = static_cast<std::int64_t>(copy() % 9);
  draw_float_arithmetic(hw, copy);
  hw.solve_unit.units = static_cast<std::int64_t>(1 + copy() % 3);
  hw.solve_unit.pe_latency = static_cast<std::int64_t>(1 + copy() % 4);
  hw.solve_unit.boundary_latency = static_cast<std::int64_t>(1 + copy() % 4);
  hw.vector_to_accumulator.present = copy() % 2 == 0;
  hw.vector_to_accumulator.bytes_per_cycle = static_cast<double>(1 + copy() % 64);
  hw.vector_to_accumulator.latency_cycles = static_cast<std::int64_t>(copy() % 9);
  return hw;
}

/// The machine with clocks of their own for its units; no array register by register has one.
inline HwConfig with_random_unit_clocks(HwConfig hw, std::mt19937& random) {
  const auto clock = [&] { return static_cast<double>(random() % 4) * 0.7; };  // 0: the machine's
  hw.systolic_array.clock_ghz = clock();
  hw.vector_unit.clock_ghz = clock();
  hw.dma.clock_ghz = clock();
  hw.solve_unit.clock_ghz = clock();
  hw.dma.startup_cycles = static_cast<std::int64_t>(random() % 20);
  return hw;
}

}  // namespace tricycle::testing
