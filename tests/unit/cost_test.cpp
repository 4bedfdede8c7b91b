// SPDX-License-Identifier: Apache-2.0
//
// Published energies and areas against the shipped tables, and sums derived by hand against the
// formulas of models/cost.
#include "models/cost/cost.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/cost/unit_costs.h"
#include "sim/config/load_costs.h"
#include "sim/config/load_hw.h"
#include "tests/machines.h"

namespace tricycle {
namespace {

const CostTables& tables() {
  static const SharedCostTables shipped =
      load_cost_tables(TRICYCLE_SOURCE_DIR "/hwconfigs/costs/published.yaml");
  return *shipped;
}
constexpr double kRounding = 1e-9;

/// 8 x 8 weight-stationary PEs at 7 nm with LPDDR5, fp16 into fp32; accumulators of 8 x 8 KiB,
/// scratchpad of 8 banks of 32 KiB.
HwConfig small_machine() {
  HwConfig hw = testing::machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.vector_unit.bytes_per_beat = 64;
  hw.vector_unit.units = 1;
  hw.scratchpad = {.size_bytes = 8 * 32768, .banks = 8, .width_bytes = 32, .interleave_bytes = 32};
  hw.accumulator_bytes = 8 * 8192;
  hw.dma.request_bytes = 64;
  hw.solve_unit.present = false;
  hw.cost_model.present = true;
  hw.cost_model.node_nm = 7;
  hw.cost_model.dram_type = DramType::kLpddr5;
  hw.cost_model.tables = tables();
  return hw;
}

Buffer buffer(Space space, int rows, int cols) {
  Buffer b;
  b.space = space;
  b.format = Format::kFp16;
  b.rows = rows;
  b.cols = cols;
  return b;
}

/// C[8 x 16] = A[8 x 16] B[16 x 16]: loads of both, one product, one rounding, one store.
Program small_product() {
  Program p;
  p.format = Format::kFp16;
  p.buffers = {buffer(Space::kDram, 8, 16),        buffer(Space::kDram, 16, 16),
               buffer(Space::kScratchpad, 8, 16),  buffer(Space::kScratchpad, 16, 16),
               buffer(Space::kAccumulator, 8, 16), buffer(Space::kScratchpad, 8, 16),
               buffer(Space::kDram, 8, 16)};
  const auto all = [&](std::uint32_t b) {
    return Region{b, 0, 0, p.buffers[b].rows, p.buffers[b].cols};
  };
  p.instructions = {{all(2), Load{all(0)}},
                    {all(3), Load{all(1)}},
                    {all(4), Matmul{.a = all(2), .b = all(3)}},
                    {all(5), Epilogue{.accumulator = all(4)}},
                    {all(6), Store{all(5)}}};
  return p;
}

TEST(CostActivity, of_one_product_is_what_its_tiles_and_operations_say) {
  const Activity a = activity(small_product(), small_machine());
  EXPECT_EQ(a.macs, 8 * 16 * 16);
  // A passes each of 2 column tiles: 2 x 256 B; B is loaded once: 512 B; C is stored: 256 B.
  EXPECT_EQ(a.scratchpad_read_bytes, 2 * 256 + 512 + 256);
  // Loads of A and B, rounding of C.
  EXPECT_EQ(a.scratchpad_written_bytes, 256 + 512 + 256);
  // 2 row tiles of k: 8 x 16 sums of 4 B are written twice, and read once to be added to, once to
  // be rounded.
  EXPECT_EQ(a.accumulator_written_bytes, 2 * 512);
  EXPECT_EQ(a.accumulator_read_bytes, 512 + 512);
  // 16 bit of A and 32 of the sum a MAC; 256 weights of 16 bit shift through 4.5 PEs on average.
  EXPECT_EQ(a.pe_register_bits, 2048 * 48 + 256 * 16 * 9 / 2);
  // One cast of 128 sums: read and written in registers, 512 B = 8 registers.
  EXPECT_EQ(a.vector.wide_elements[static_cast<std::size_t>(VectorOp::kCast)], 128);
  EXPECT_EQ(a.vector.register_bytes, 2 * 512);
  EXPECT_EQ(a.vector.beats, 8);
  EXPECT_EQ(a.path_bytes[kAccumulatorToVector], 512);
  EXPECT_EQ(a.path_bytes[kVectorToMatrix], 0);
  EXPECT_EQ(a.dram_read_bytes, 256 + 512);
  EXPECT_EQ(a.dram_written_bytes, 256);
  EXPECT_EQ(a.instructions, 5);
}

TEST(CostEnergy, of_one_product_is_the_sum_of_its_operations) {
  const HwConfig hw = small_machine();
  const Activity a = activity(small_product(), hw);
  const EnergyByPart e = energy_pj(hw, Format::kFp16, a, 1, 0);
  // 2048 x (.34 + .38) + (98304 + 18432) bit x .004
  EXPECT_NEAR(e[EnergyPart::kMatrix].nominal, 1474.56 + 466.944, kRounding);
  // 128 casts of .25 (.34 + .38), 1024 B of registers at .004 pJ a bit
  EXPECT_NEAR(e[EnergyPart::kVector].nominal, 128 * .18 + 8192 * .004, kRounding);
  // Macros of 8 KiB: .9375 pJ a byte read, 1.1 times that written
  EXPECT_NEAR(e[EnergyPart::kAccumulator].nominal, 1024 * .9375 * (1 + 1.1), kRounding);
  // .. of 32 KiB: 1.0625
  EXPECT_NEAR(e[EnergyPart::kScratchpad].nominal, 1280 * 1.0625 + 1024 * 1.0625 * 1.1, kRounding);
  EXPECT_NEAR(e[EnergyPart::kDma].nominal, 1024 * .123, kRounding);
  // 5 instructions and 8 of vector registers
  EXPECT_NEAR(e[EnergyPart::kControl].nominal, 13 * 21, kRounding);
  EXPECT_NEAR(e[EnergyPart::kDram].nominal, 8192 * 5, kRounding);
  // Scratchpad 2304 B and path 512 B over half the edge of the core, .08 pJ a bit and mm
  const double edge = std::sqrt(area_mm2(hw).total().nominal);
  EXPECT_NEAR(e[EnergyPart::kWires].nominal, 2816 * 8 * .08 * edge / 2, kRounding);
  EXPECT_EQ(e[EnergyPart::kIdle].nominal, 0);  // no time, no cycle without work
  EXPECT_EQ(e[EnergyPart::kLeakage].nominal, 0);
  double sum = 0;
  for (const Spread& part : e.parts) sum += part.nominal;
  EXPECT_DOUBLE_EQ(e.total().nominal, sum);
}

TEST(CostEnergy, of_time_is_leakage_and_clocks_without_work) {
  HwConfig hw = small_machine();
  hw.clock_ghz = 2;
  const EnergyByPart e = energy_pj(hw, Format::kFp16, {}, 0, 1000);
  const AreaByPart area = area_mm2(hw);
  const double logic = area[AreaPart::kMatrix].nominal + area[AreaPart::kVector].nominal +
                       area[AreaPart::kControl].nominal;
  const double memory = area[AreaPart::kAccumulator].nominal + area[AreaPart::kScratchpad].nominal;
  // 500 ns of .04 W/mm2 of logic and .025 W/mm2 of SRAM; 1 W ns = 1000 pJ
  EXPECT_NEAR(e[EnergyPart::kLeakage].nominal, 500 * 1000 * (.04 * logic + .025 * memory), 1e-6);
  // 64 PEs and 32 fp16 lanes, a tenth of their energy at work: .72 pJ; and 2 x 16 + 2 x 32 bit of
  // registers x .004 = .384 pJ
  EXPECT_NEAR(e[EnergyPart::kIdle].nominal, .1 * 1000 * (64 * .72 + 32 * (.72 + .384)), 1e-6);
  hw.cost_model.clock_gating = false;
  EXPECT_NEAR(energy_pj(hw, Format::kFp16, {}, 0, 1000)[EnergyPart::kIdle].nominal,
              3.5 * e[EnergyPart::kIdle].nominal, 1e-6);
}

TEST(CostEnergy, of_a_solve_unit_is_of_its_multiply_adds_results_and_registers) {
  HwConfig hw = small_machine();
  hw.solve_unit = {.present = true, .rows = 4};
  Activity a;
  a.solve_macs = 10;
  const auto solve_pj = [&] {
    return energy_pj(hw, Format::kFp16, a, 1, 100)[EnergyPart::kSolve].nominal;
  };
  // A multiply-accumulate .72 pJ as in a PE, .34 to multiply and .38 to add; registers .004 a bit.
  EXPECT_NEAR(solve_pj(), 10 * .72, 1e-9);
  a.solve_results = 5;
  EXPECT_NEAR(solve_pj(), 10 * .72 + 5 * .38, 1e-9);
  a.solve_register_bits = 1000;
  EXPECT_NEAR(solve_pj() - (10 * .72 + 5 * .38),
              (logic_pj(*hw.cost_model.tables, hw.cost_model.tables->register_pj_per_bit, 7) * 1000)
                  .nominal,
              1e-9);
}

TEST(CostEnergy, of_twice_the_items_is_twice_but_for_time) {
  const HwConfig hw = small_machine();
  const Activity a = activity(small_product(), hw);
  const EnergyByPart one = energy_pj(hw, Format::kFp16, a, 1, 5000),
                     two = energy_pj(hw, Format::kFp16, a, 2, 5000);
  for (std::size_t i = 0; i < kEnergyPartCount; ++i) {
    const auto part = static_cast<EnergyPart>(i);
    if (part == EnergyPart::kLeakage)
      EXPECT_EQ(two[part], one[part]);
    else if (part == EnergyPart::kIdle)
      EXPECT_LT(two[part].nominal, one[part].nominal);
    else
      EXPECT_EQ(two[part], one[part] * 2) << kEnergyPartNames[i];
  }
}

TEST(CostArea, of_a_pe_is_its_units_registers_and_routing) {
  HwConfig hw = small_machine();
  for (FormatSupport& format : hw.formats) format.present = false;
  hw.formats[static_cast<std::size_t>(Format::kInt8)] = {
      .present = true, .accumulator = Accumulator::kInt32, .passes = 1};
  // Of 8 passes: through the multiplier that is there.
  hw.formats[static_cast<std::size_t>(Format::kFp32)] = {.present = true, .passes = 8};
  hw.cost_model.node_nm = 45;
  // Product 282, sum of 32 bit 137, three operands of 8 bit and the sum at 7.57 a bit; / 70 %
  EXPECT_NEAR(pe_um2(hw).nominal, (282 + 137 + (3 * 8 + 32) * 7.57) * 1.43, 1e-6);
  EXPECT_NEAR(area_mm2(hw)[AreaPart::kMatrix].nominal, 64e-6 * pe_um2(hw).nominal, kRounding);
  // 256 KiB in macros of 32 KiB: bitcells of .289 um2 x 2.54
  EXPECT_NEAR(area_mm2(hw)[AreaPart::kScratchpad].nominal, 262144 * 8 * .289 * 2.54e-6, kRounding);
  hw.cores = 3;
  EXPECT_NEAR(area_mm2(hw)[AreaPart::kScratchpad].nominal, 3 * 262144 * 8 * .289 * 2.54e-6,
              kRounding);
}

TEST(CostArea, of_a_solve_unit_is_its_cells_boundaries_and_their_registers) {
  HwConfig hw = small_machine();
  EXPECT_EQ(area_mm2(hw)[AreaPart::kSolve].nominal, 0);
  for (FormatSupport& format : hw.formats) format.present = false;
  hw.formats[static_cast<std::size_t>(Format::kInt8)] = {
      .present = true, .accumulator = Accumulator::kInt32, .passes = 1};
  hw.formats[static_cast<std::size_t>(Format::kFp32)] = {.present = true};
  hw.cost_model.node_nm = 45;
  hw.solve_unit = {
      .present = true, .rows = 3, .bits = 8, .units = 2, .pe_latency = 2, .boundary_latency = 3};
  // Of formats of 8 bits: a product 282 and a sum of 32 bit 137 a cell, as for a PE; L and a
  // solution of 8 bit, and four stages of L, a linear term and a sum.  Boundaries: the sum, and
  // three stages of it and the linear term.  / 70 %
  const double cell = 282 + 137 + (2 * 8 + 4 * (8 + 8 + 32)) * 7.57;
  const double boundary = 137 + 3 * (8 + 32) * 7.57;
  EXPECT_NEAR(solve_unit_um2(hw).nominal, (3 * cell + 3 * boundary) * 1.43, 1e-6);
  EXPECT_NEAR(area_mm2(hw)[AreaPart::kSolve].nominal, 2e-6 * solve_unit_um2(hw).nominal, kRounding);
}

TEST(CostArea, counts_a_special_function_unit_as_often_as_the_operation_needs_one) {
  HwConfig hw = small_machine();
  for (VectorOp op : {VectorOp::kExp, VectorOp::kReciprocal, VectorOp::kDivide, VectorOp::kRsqrt})
    hw.vector_unit.operations[static_cast<std::size_t>(op)].present = false;
  const double without = lane_um2(hw).nominal;
  VectorOpCost& exp = hw.vector_unit.operations[static_cast<std::size_t>(VectorOp::kExp)];
  exp.present = true;
  exp.cycles_per_beat = 2;
  // Half a unit of 3 multiply-adds: .5 x 3 x (7700 + 4184) x .059 x 1.43
  EXPECT_NEAR(lane_um2(hw).nominal - without, 1.5 * 11884 * .059 * 1.43, 1e-6);
}

}  // namespace
}  // namespace tricycle
