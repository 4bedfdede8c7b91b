// SPDX-License-Identifier: Apache-2.0
//
// Units with a clock of their own: every figure stays in cycles of the machine's.
#include <gtest/gtest.h>

#include <random>

#include "models/error.h"
#include "models/timing/timing.h"
#include "reports/columns.h"
#include "sim/engine/run.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "tests/random_machine.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::machine_with_array;
using testing::random_machine;
using testing::with_random_unit_clocks;

HwConfig machine_at(double ghz) {
  HwConfig hw = machine_with_array(16, 16, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.clock_ghz = ghz;
  return hw;
}

TEST(ClockDomain, cycles_of_clocks_that_divide_evenly_are_multiplied_and_no_more) {
  // None of these quotients is exact in binary.
  struct Even {
    double machine, unit;
    std::int64_t times;
  };
  for (const Even& e : {Even{2.8, 1.4, 2}, Even{1.37, 1.37, 1}, Even{0.3, 0.1, 3},
                        Even{4.1, 0.41, 10}, Even{3.3, 1.1, 3}, Even{1.61, 0.07, 23}})
    for (std::int64_t n : {0, 1, 2, 3, 7, 1000, 999'999'937})
      EXPECT_EQ(machine_cycles(machine_at(e.machine), e.unit, n), n * e.times)
          << n << " at " << e.machine << " / " << e.unit;
}

TEST(ClockDomain, cycles_are_rounded_up_to_the_machines) {
  const HwConfig hw = machine_at(2.8);
  EXPECT_EQ(machine_cycles(hw, 1.12, 1), 3);  // 2.5
  EXPECT_EQ(machine_cycles(hw, 1.12, 2), 5);
  EXPECT_EQ(machine_cycles(hw, 1.12, 3), 8);  // 7.5
  EXPECT_EQ(machine_cycles(hw, 5.6, 1), 1);   // 0.5
  EXPECT_EQ(machine_cycles(hw, 5.6, 0), 0);
  EXPECT_EQ(machine_cycles(hw, 0, 3), 3) << "no clock of its own";
  EXPECT_EQ(machine_cycles(hw, 2.8, 3), 3);
}

TEST(ClockDomain, any_two_clocks_of_whole_megahertz_give_the_quotient_of_integers) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto machine = static_cast<std::int64_t>(1 + random() % 10'000),
               unit = static_cast<std::int64_t>(1 + random() % 10'000),
               n = static_cast<std::int64_t>(random() % 10'000'000);
    ASSERT_EQ(machine_cycles(machine_at(static_cast<double>(machine) / 1000),
                             static_cast<double>(unit) / 1000, n),
              (n * machine + unit - 1) / unit)
        << n << " at " << machine << " / " << unit << " MHz";
  }
}

/// 16 x 16 x 16 in fp32 without launch, issue or token cost: operands of 1 KiB at 64 B a cycle, 100
/// cycles after their request.
std::int64_t product_cycles(void (*change)(HwConfig&)) {
  HwConfig hw = machine_at(1);
  hw.scratchpad.banks = 64;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 10;
  hw.dram.latency_ns = 100;
  hw.dram.bandwidth_gbps = 64;
  hw.dma.requests_in_flight = 1000;
  hw.dma.queues = 2;
  hw.dma.startup_cycles = 9;
  change(hw);
  return simulate(lower_gemm(hw, Format::kFp32, 16, 16, 16), hw, 1, nullptr).total_cycles;
}
constexpr std::int64_t kLoads = 9 + 100 + 16 + 16, kArray = 16 + 16 + 15 + 15, kCopy = 10 + 4,
                       kStore = 9 + 100 + 16;

TEST(ClockDomain, a_product_takes_the_array_its_cycles_at_the_arrays_clock) {
  EXPECT_EQ(product_cycles([](HwConfig&) {}), kLoads + kArray + kCopy + kStore);
  // 62 cycles at 0.75 GHz are 82 2/3 of the machine's.
  EXPECT_EQ(product_cycles([](HwConfig& hw) { hw.systolic_array.clock_ghz = 0.75; }),
            kLoads + 83 + kCopy + kStore);
  EXPECT_EQ(product_cycles([](HwConfig& hw) { hw.systolic_array.clock_ghz = 4; }),
            kLoads + 16 + kCopy + kStore);  // 15.5
}

TEST(ClockDomain, the_vector_unit_scales_its_start_up_and_beats_and_not_the_path) {
  EXPECT_EQ(product_cycles([](HwConfig& hw) { hw.vector_unit.clock_ghz = 0.4; }),
            kLoads + kArray + 35 + kStore);  // 14 x 2.5
  // 1 KiB of accumulators at 8 B a cycle of the machine: 128, instead of the beats.
  EXPECT_EQ(product_cycles([](HwConfig& hw) { hw.accumulator_to_vector.bytes_per_cycle = 8; }),
            kLoads + kArray + 10 + 128 + kStore);
  EXPECT_EQ(product_cycles([](HwConfig& hw) {
              hw.accumulator_to_vector.bytes_per_cycle = 8;
              hw.vector_unit.clock_ghz = 0.5;
            }),
            kLoads + kArray + 2 * 10 + 128 + kStore);
}

TEST(ClockDomain, the_dma_scales_its_start_up_and_not_the_dram) {
  EXPECT_EQ(product_cycles([](HwConfig& hw) { hw.dma.clock_ghz = 0.25; }),
            kLoads + kArray + kCopy + kStore + 2 * 3 * 9);
}

TEST(ClockDomain, a_faster_array_has_the_higher_peak_and_no_utilization_exceeds_one) {
  HwConfig hw = machine_at(1.4);
  hw.systolic_array.clock_ghz = 2.8;
  EXPECT_EQ(hw.peak_macs_per_cycle(Format::kFp16), 2 * 16 * 16);
  std::mt19937 random(19);
  Problem problem;
  problem.chunk = 32;
  problem.ensemble = "correlated";
  problem.matrices = 6;
  const PreparedProblem prepared = prepare(problem);
  for (int i = 0; i < 40; ++i) {
    const HwConfig drawn = with_random_unit_clocks(random_machine(random), random);
    const RunResult r =
        run(drawn, prepared, find_algorithm("neumann_masked"), {}, Format::kFp16, Fidelity::kTile);
    const MatrixUtilization u = matrix_utilization(r);
    EXPECT_GT(u.useful, 0) << i;
    EXPECT_LE(u.useful, u.mac) << i;
    EXPECT_LE(u.mac, u.busy) << i << ": a busy array does its peak at the most";
    EXPECT_LE(u.busy, 1) << i;
  }
}

TEST(ClockDomain, the_array_register_by_register_is_refused_at_a_clock_of_its_own) {
  HwConfig hw = machine_at(1.4);
  const Program p = lower_gemm(hw, Format::kFp16, 16, 16, 16);
  hw.systolic_array.clock_ghz = 1.4;
  EXPECT_GT(simulate(p, hw, 1, nullptr, Fidelity::kPe).total_cycles, 0);
  hw.systolic_array.clock_ghz = 2.8;
  try {
    simulate(p, hw, 1, nullptr, Fidelity::kPe);
    FAIL() << "expected a refusal";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()),
              "fidelity pe: systolic_array.clock is 2.8 GHz and clock 1.4 GHz, expected the same; "
              "use fidelity tile, or leave systolic_array.clock out");
  }
}

}  // namespace
}  // namespace tricycle
