// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/error.h"
#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"
#include "workloads/algorithm.h"
#include "workloads/reference_machine.h"
#include "workloads/vector_operation.h"

namespace tricycle {
namespace {

HwConfig shipped_machine(const std::string& name, const std::vector<std::string>& set = {}) {
  return load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/" + name + ".yaml", set);
}

std::int64_t cycles(const HwConfig& hw, const VectorOperation& what) {
  const Program p = lower_vector_operation(hw, what);
  return vector_timing(hw, p, p.instructions.front()).busy_cycles;
}

VectorOpCost& cost(HwConfig& hw, VectorOp op) {
  return hw.vector_unit.operations[static_cast<std::size_t>(op)];
}

/// A register of 256 B; what is not said costs a cycle a register and no start-up.
HwConfig plain_machine() { return reference_machine(); }

TEST(VectorTiming, a_run_of_registers_costs_startup_and_slope_as_the_a2_table_says) {
  const HwConfig hw = shipped_machine("ascend_910b_like");
  // PTO: vexp 2 x repeats + 31, vdiv 4 x repeats + 31, vrsqrt 1 x repeats + 24; 16 x 64 in fp32
  // are 16 repeats.
  EXPECT_EQ(cycles(hw, {VectorOp::kExp, Format::kFp32, 16, 64}), 2 * 16 + 31);
  EXPECT_EQ(cycles(hw, {VectorOp::kDivide, Format::kFp32, 16, 64}), 4 * 16 + 31);
  EXPECT_EQ(cycles(hw, {VectorOp::kRsqrt, Format::kFp32, 16, 64}), 16 + 24);
  // Half of the elements' width, half of the repeats.
  EXPECT_EQ(cycles(hw, {VectorOp::kExp, Format::kFp16, 16, 64}), 2 * 8 + 31);
  // A tile divided by a scalar: .078 x 64 = 5 cycles a repeat in fp32, .070 x 128 = 9 in fp16; 1 of
  // them spreads the scalar.
  EXPECT_EQ(cycles(hw, {VectorOp::kDivide, Format::kFp16, 16, 64}), (9 - 1) * 8 + 31);
}

TEST(VectorTiming, a_format_has_a_startup_and_a_slope_of_its_own) {
  const HwConfig hw = shipped_machine("ascend_950_like");
  // PTO A5: TEXP fp32 1.97 n + 63, fp16 3.76 n + 66; n = 8 registers of 64 fp32, 4 of 128 fp16.
  EXPECT_EQ(cycles(hw, {VectorOp::kExp, Format::kFp32, 8, 64}), 79);  // 15.76 + 63 = 78.76
  EXPECT_EQ(cycles(hw, {VectorOp::kExp, Format::kFp16, 8, 64}), 82);  // 15.04 + 66 = 81.04
  EXPECT_EQ(cycles(hw, {VectorOp::kSelect, Format::kFp16, 8, 128}),
            69);  // TSEL 2.1 x 8 + 52 = 68.8
}

TEST(VectorTiming, rows_that_are_apart_pay_the_row_loop_of_the_a5) {
  const HwConfig hw = shipped_machine("ascend_950_like");
  // TADD 2-D: (1.87 x inner + 2.88) x rows + 44; 16 rows of 128 in fp32 are 2 registers each.
  EXPECT_EQ(cycles(hw, {VectorOp::kAdd, Format::kFp32, 16, 128, false}), 150);  // 105.92 + 44
  // 1-D: 1.25 x 32 + 55.
  EXPECT_EQ(cycles(hw, {VectorOp::kAdd, Format::kFp32, 16, 128, true}), 95);
  // An operation without a 2-D row: its own costs, and vector_unit.row_startup a row:
  // 1.19 x 32 + 2.88 x 16 + 56 = 140.16.
  EXPECT_EQ(cycles(hw, {VectorOp::kMultiply, Format::kFp32, 16, 128, false}), 141);
  // A single row is never apart: 1.19 x 2 + 56.
  EXPECT_EQ(cycles(hw, {VectorOp::kMultiply, Format::kFp32, 1, 128, false}), 59);
}

TEST(VectorTiming, rows_that_are_apart_begin_in_a_register_each) {
  const HwConfig hw = shipped_machine("ascend_910b_like");
  // 16 rows of 32 fp32: half a register a row, so 16 repeats apart and 8 in one run; the tail of
  // each row needs a mask: 16 cycles.
  EXPECT_EQ(cycles(hw, {VectorOp::kAdd, Format::kFp32, 16, 32, false}), 2 * 16 + 24 + 16);
  EXPECT_EQ(cycles(hw, {VectorOp::kAdd, Format::kFp32, 16, 32, true}), 2 * 8 + 24);
}

TEST(VectorTiming, an_unaligned_tail_is_paid_by_arithmetic_on_two_sources_alone) {
  const HwConfig hw = shipped_machine("ascend_910b_like");
  // 65 fp32 are 2 repeats, the second of one element.
  EXPECT_EQ(cycles(hw, {VectorOp::kMax, Format::kFp32, 1, 65}), 2 * 2 + 24 + 16);
  EXPECT_EQ(cycles(hw, {VectorOp::kMax, Format::kFp32, 1, 128}), 2 * 2 + 24);
  EXPECT_EQ(cycles(hw, {VectorOp::kMaxScalar, Format::kFp32, 1, 65}), 1 * 2 + 23);
  EXPECT_EQ(cycles(hw, {VectorOp::kExp, Format::kFp32, 1, 65}), 2 * 2 + 31);
}

TEST(VectorTiming, a_reduction_folds_each_row_into_a_register_and_reduces_that) {
  const HwConfig hw = shipped_machine("ascend_910b_like");
  // vcadd: 7 x repeats + 46, a row of 64 fp32 a repeat.
  EXPECT_EQ(cycles(hw, {VectorOp::kRowSum, Format::kFp32, 16, 64}), 7 * 16 + 46);
  // Rows of 192 are 3 registers: 2 adds of 2 cycles, then the same.
  EXPECT_EQ(cycles(hw, {VectorOp::kRowSum, Format::kFp32, 16, 192}), (2 * 2 + 7) * 16 + 46);
  // Rows of 8: a register each, although 16 of them would fit into two.
  EXPECT_EQ(cycles(hw, {VectorOp::kRowSum, Format::kFp32, 16, 8}), 7 * 16 + 46);
  // row_max folds by max.
  HwConfig slow = hw;
  cost(slow, VectorOp::kMax).cycles_per_beat = 10;
  EXPECT_EQ(cycles(slow, {VectorOp::kRowMax, Format::kFp32, 4, 128}), (10 + 7) * 4 + 40);
}

/// busy cycles of y_i of forward substitution in fp32: i rows above it.
std::int64_t row_step_cycles(const HwConfig& hw, int i) {
  Program p;
  p.format = Format::kFp32;
  p.buffers.resize(2);
  for (Buffer& buffer : p.buffers) buffer.rows = buffer.cols = 64;  // a row is a register
  const Instruction in{{1, i, 0, 1, 64}, RowStep{.a = {0, i, 0, 1, i}, .y = {1, 0, 0, i, i}}};
  return vector_timing(hw, p, in).busy_cycles;
}

TEST(VectorTiming, every_sum_into_the_row_of_a_row_step_waits_for_the_one_before) {
  HwConfig hw = plain_machine();
  cost(hw, VectorOp::kMultiplyAdd).cycles_per_beat = 2;
  hw.vector_unit.barrier_cycles = 20;
  // 10 multiply-adds of 2 cycles and an add of 1; 11 operations, each but the first waits.
  EXPECT_EQ(row_step_cycles(hw, 10), 10 * 2 + 1 + 10 * 20);
  hw.vector_unit.barrier_cycles = 0;
  EXPECT_EQ(row_step_cycles(hw, 10), 10 * 2 + 1);
  // The first row is a copy that depends on nothing.
  hw.vector_unit.barrier_cycles = 20;
  EXPECT_EQ(row_step_cycles(hw, 0), 1);
}

/// busy cycles of column k of a column sweep over 64: 63 - k rows of k entries.
std::int64_t column_step_cycles(const HwConfig& hw, Format format, int k) {
  Program p;
  p.format = format;
  p.buffers.resize(2);
  for (Buffer& buffer : p.buffers) {
    buffer.rows = buffer.cols = 64;
    buffer.format = format;
  }
  const Instruction in{{1, k + 1, 0, 63 - k, k},
                       ColumnStep{.a = {0, k + 1, k, 63 - k, 1}, .y = {1, k, 0, 1, k}}};
  return vector_timing(hw, p, in).busy_cycles;
}

TEST(VectorTiming, no_row_of_a_column_step_waits_for_another) {
  HwConfig hw = plain_machine();
  cost(hw, VectorOp::kMultiplyAdd).cycles_per_beat = 2;
  hw.vector_unit.barrier_cycles = 20;
  // 53 rows of 10 fp32: a register each, 2 cycles a multiply-add.
  EXPECT_EQ(column_step_cycles(hw, Format::kFp32, 10), 53 * 2);
  // Without multiply-add: 53 products, 53 sums, which wait for the first product.
  cost(hw, VectorOp::kMultiplyAdd).present = false;
  cost(hw, VectorOp::kMultiplyScalar) = {{0, 1, {}}, true, {}};
  cost(hw, VectorOp::kAdd) = {{0, 3, {}}, true, {}};
  EXPECT_EQ(column_step_cycles(hw, Format::kFp32, 10), 53 * 1 + 53 * 3 + 20);
  // Fixed point is requantised: a cast a row.
  cost(hw, VectorOp::kCast) = {{0, 5, {}}, true, {}};
  EXPECT_EQ(column_step_cycles(hw, Format::kInt16, 10), 53 * (1 + 3 + 5) + 2 * 20);
}

TEST(VectorTiming, a_row_step_is_as_wide_as_its_linear_term) {
  HwConfig hw = plain_machine();
  Program p;
  p.format = Format::kFp32;
  p.buffers.resize(3);
  for (Buffer& buffer : p.buffers) buffer.rows = buffer.cols = 256;  // four registers a row
  // Row 130 of a block from row 128: two rows above, 128 columns in front and 2 of the block.
  const Region a{0, 130, 128, 1, 2};
  const Instruction in{
      {1, 130, 0, 1, 256},
      RowStep{.a = a, .y = {1, 128, 0, 2, 130}, .linear = {{2, 130, 0, 1, 128}, a}}};
  // Two multiply-adds and an add of three registers each.
  EXPECT_EQ(vector_timing(hw, p, in).busy_cycles, 3 * 3);
}

TEST(VectorTiming, without_multiply_add_a_row_step_scales_and_adds) {
  HwConfig hw = plain_machine();
  cost(hw, VectorOp::kMultiplyAdd).present = false;
  cost(hw, VectorOp::kMultiplyScalar) = {{5, 1, {}}, true, {}};
  cost(hw, VectorOp::kAdd) = {{7, 2, {}}, true, {}};
  // 10 products of 1 cycle, 10 sums and A's row of 2; the longest start-up.
  EXPECT_EQ(row_step_cycles(hw, 10), 7 + 10 * 1 + 11 * 2);
  // The first product, 10 sums and A's row depend on each other; the other products run ahead.
  hw.vector_unit.barrier_cycles = 20;
  EXPECT_EQ(row_step_cycles(hw, 10), 7 + 10 * 1 + 11 * 2 + 11 * 20);
  // Not pipelined: 10 x 5 + 11 x 7 of start-up.
  hw.vector_unit.barrier_cycles = 0;
  hw.vector_unit.pipelined = false;
  EXPECT_EQ(row_step_cycles(hw, 10), 10 * 5 + 11 * 7 + 10 * 1 + 11 * 2);
}

TEST(VectorTiming, an_operation_the_machine_lacks_is_a_fault_that_lists_those_it_has) {
  HwConfig hw = plain_machine();
  cost(hw, VectorOp::kExp).present = false;
  const auto faults = [&](const VectorOperation& what) {
    try {
      lower_vector_operation(hw, what);
    } catch (const InputError& error) {
      return error.messages();
    }
    return std::vector<std::string>{};
  };
  EXPECT_EQ(faults({VectorOp::kExp, Format::kFp32, 1, 64}),
            std::vector<std::string>{
                "reference: the vector unit has no exp; it has add, add_scalar, multiply, "
                "multiply_scalar, multiply_add, select, cast, copy, max, max_scalar, reciprocal, "
                "divide, rsqrt, row_sum, row_max (add vector_unit.operations.exp to the machine, "
                "or choose another)"});
  EXPECT_EQ(faults({VectorOp::kAdd, Format::kFp32, 1, 64}), std::vector<std::string>{});
}

TEST(VectorTiming, in_the_simulator_an_operation_costs_launch_and_issue_on_top) {
  const HwConfig hw = shipped_machine("ascend_910b_like");
  const Program p = lower_vector_operation(hw, {VectorOp::kAdd, Format::kFp32, 16, 64});
  // launch 18000, issue 1, vadd of 16 repeats.
  EXPECT_EQ(simulate(p, hw, 1, nullptr).total_cycles, 18000 + 1 + 2 * 16 + 24);
}

TEST(VectorTiming, a_bigger_barrier_slows_substitution_of_the_machines_that_have_one) {
  const auto steady = [](const HwConfig& hw) {
    const Algorithm& row = find_algorithm("forward_substitution");
    return steady_cycles_per_item(
        lower(row, resolve_parameters(row, 32, {}), 32, Format::kFp16, hw), hw);
  };
  const std::string key = "vector_unit.barrier=";
  for (const char* name : {"ascend_910b_like", "ascend_910a_like", "ascend_310p_like"}) {
    const double none = steady(shipped_machine(name, {key + "0"})),
                 own = steady(shipped_machine(name)),
                 bigger = steady(shipped_machine(name, {key + "40"}));
    EXPECT_LT(none, own) << name;
    EXPECT_LT(own, bigger) << name;
  }
  for (const char* name : {"hexagon_like", "tpu_v5e_like", "edge_16x16", "gemmini_like"})
    EXPECT_EQ(shipped_machine(name).vector_unit.barrier_cycles, 0) << name;
}

}  // namespace
}  // namespace tricycle
