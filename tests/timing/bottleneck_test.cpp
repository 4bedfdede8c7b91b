// SPDX-License-Identifier: Apache-2.0
//
// What bounds a run, and where the latency of a chunk goes.
#include "reports/bottleneck.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/engine/critical_path.h"
#include "sim/engine/run.h"
#include "sim/engine/trace_recorder.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "tests/problems.h"
#include "tests/random_machine.h"
#include "workloads/algorithm.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::machine_with_array;
using testing::problem_of;
using testing::random_machine;
using testing::with_random_unit_clocks;

RunResult run_on(const HwConfig& hw, const std::string& algorithm, const PreparedProblem& problem,
                 Format format = Format::kFp16) {
  return run(hw, problem, find_algorithm(algorithm), {}, format);
}

Resource verdict(const RunResult& r) { return bottleneck(r).resource; }
double bound(const RunResult& r, Resource resource) {
  return lower_bound_cycles(r)[static_cast<std::size_t>(resource)];
}
std::int64_t total(const CriticalPath& path) {
  return std::accumulate(path.instructions.begin(), path.instructions.end(), std::int64_t{0}) +
         std::accumulate(path.between.begin(), path.between.end(), std::int64_t{0});
}
template <typename Op>
std::int64_t part(const CriticalPath& path) {
  return path.instructions[opcode_of<Op>()];
}
std::int64_t part(const CriticalPath& path, StallCause cause) {
  return path.between[static_cast<std::size_t>(cause)];
}

/// Every resource is ample; tests make one of them scarce.
HwConfig ample_machine() {
  HwConfig hw = machine_with_array(64, 64, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.accumulator_to_scratchpad.present = false;  // linear terms need the vector unit
  hw.vector_unit.units = 8;
  hw.vector_unit.bytes_per_beat = 4096;
  hw.scratchpad.banks = 64;
  hw.accumulator_to_vector.bytes_per_cycle = 4096;
  hw.vector_to_matrix.bytes_per_cycle = 4096;
  hw.dma.queues = 4;
  hw.dma.requests_in_flight = 1000;
  hw.dram.bandwidth_gbps = 1000;
  hw.sequencer.in_flight = 8;
  return hw;
}

TEST(Bottleneck, the_scarce_resource_bounds_the_run) {
  const PreparedProblem problem = problem_of(64, 32);
  const auto verdict_with = [&](auto&& change) {
    HwConfig hw = ample_machine();
    change(hw);
    return verdict(run_on(hw, "neumann_masked", problem));
  };
  EXPECT_EQ(verdict_with([](HwConfig& hw) { hw.systolic_array.head_cycles = 5000; }),
            Resource::kMatrix);
  EXPECT_EQ(verdict_with([](HwConfig& hw) {
              hw.vector_unit.units = 1;
              hw.vector_unit.bytes_per_beat = 16;
            }),
            Resource::kVector);
  EXPECT_EQ(verdict_with([](HwConfig& hw) {
              hw.dma.queues = 1;
              hw.dma.startup_cycles = 50'000;
            }),
            Resource::kDma);
  EXPECT_EQ(verdict_with([](HwConfig& hw) { hw.dram.bandwidth_gbps = 0.25; }), Resource::kDram);
  EXPECT_EQ(verdict_with([](HwConfig& hw) {
              hw.scratchpad.banks = 1;
              hw.scratchpad.width_bytes = 8;
            }),
            Resource::kScratchpad);
  EXPECT_EQ(verdict_with([](HwConfig& hw) { hw.sequencer.in_flight = 1; }), Resource::kDependency);
}

TEST(Bottleneck, halving_the_bandwidth_of_a_dram_bound_run_doubles_bound_and_cycles) {
  const PreparedProblem problem = problem_of(64, 64);
  HwConfig hw = ample_machine();
  // At a byte a cycle, in requests of 64 B: rows of the triangle up to the 32nd are one request,
  // the others two: 32 x 64 + 32 x 128 B in, as much out.
  hw.dram.bandwidth_gbps = hw.clock_ghz;
  const RunResult whole = run_on(hw, "neumann_masked", problem);
  hw.dram.bandwidth_gbps /= 2;
  const RunResult half = run_on(hw, "neumann_masked", problem);
  EXPECT_EQ(verdict(whole), Resource::kDram);
  EXPECT_EQ(verdict(half), Resource::kDram);
  EXPECT_EQ(bound(whole, Resource::kDram), 12288);
  EXPECT_EQ(bound(half, Resource::kDram), 24576);
  EXPECT_NEAR(half.cycles_per_chunk / whole.cycles_per_chunk, 2, 0.02);
}

TEST(Bottleneck, twice_the_vector_units_halve_their_bound_and_no_other) {
  const PreparedProblem problem = problem_of(32, 8);
  HwConfig hw = ample_machine();
  hw.vector_unit.units = 2;
  const RunResult two = run_on(hw, "block_doubling", problem);
  hw.vector_unit.units = 4;
  const RunResult four = run_on(hw, "block_doubling", problem);
  EXPECT_EQ(bound(four, Resource::kVector), bound(two, Resource::kVector) / 2);
  for (Resource other : {Resource::kMatrix, Resource::kDma, Resource::kDram, Resource::kScratchpad})
    EXPECT_EQ(bound(four, other), bound(two, other));
}

TEST(Bottleneck, one_chunk_after_the_other_meets_the_dependency_bound_exactly) {
  const PreparedProblem problem = problem_of(32, 6);
  HwConfig hw = ample_machine();
  hw.sequencer.in_flight = 1;
  hw.sequencer.launch_cycles = 100;
  const RunResult r = run_on(hw, "neumann_masked", problem);
  EXPECT_EQ(bound(r, Resource::kDependency), static_cast<double>(r.latency_cycles()));
  EXPECT_EQ(r.cycles_per_chunk, bound(r, Resource::kDependency));
  EXPECT_EQ(bottleneck(r).gap, 0);
}

/// Units and channel do one thing at a time: the work of all chunks never fits into less than the
/// run.
TEST(Bottleneck, no_run_on_random_machines_is_shorter_than_what_its_units_and_channel_need) {
  std::mt19937 random(11);
  for (int i = 0; i < 40; ++i) {
    HwConfig hw = with_random_unit_clocks(random_machine(random), random);
    if (i % 2 == 1) hw.dram.timing = DramTiming::kRowBuffer;
    const PreparedProblem problem = problem_of(std::vector<int>{16, 32}[random() % 2], 7);
    const Algorithm& algorithm = algorithms()[random() % algorithms().size()];
    const RunResult r = run(hw, problem, algorithm, {}, Format::kFp16);
    const double cycles = static_cast<double>(r.many.total_cycles - r.launch_cycles);
    for (Resource resource : {Resource::kMatrix, Resource::kVector, Resource::kDma, Resource::kDram,
                              Resource::kAccumulatorPath, Resource::kMatrixPath, Resource::kReadOut,
                              Resource::kOperandPath, Resource::kDependency})
      EXPECT_LE(bound(r, resource) * static_cast<double>(r.many.items), cycles * (1 + 1e-12))
          << "machine " << i << " " << kResources[static_cast<std::size_t>(resource)].name;
  }
}

/// With one chunk at a time every chunk lies alike in the banks, so the bound holds for the
/// busiest.
TEST(Bottleneck, banks_that_are_scarce_never_serve_more_than_their_ports) {
  std::mt19937 random(12);
  for (int i = 0; i < 40; ++i) {
    HwConfig hw = random_machine(random);
    hw.cores = 1;
    hw.sequencer.in_flight = 1;
    hw.scratchpad.banks = static_cast<std::int64_t>(1 + random() % 3);
    hw.scratchpad.width_bytes = hw.scratchpad.interleave_bytes =
        static_cast<std::int64_t>(4U << (random() % 4));
    hw.scratchpad.ports = static_cast<std::int64_t>(1 + random() % 2);
    const Algorithm& algorithm = algorithms()[random() % algorithms().size()];
    const RunResult r = run(hw, problem_of(32, 5), algorithm, {}, Format::kFp16);
    const double cycles = static_cast<double>(r.many.total_cycles - r.launch_cycles);
    EXPECT_LE(bound(r, Resource::kScratchpad) * static_cast<double>(r.many.items), cycles)
        << "machine " << i << " " << algorithm.name;
  }
}

TEST(CriticalPath, of_one_small_product_is_load_matmul_drain_epilogue_store) {
  HwConfig hw = machine_with_array(16, 16, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.scratchpad.banks = 64;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 10;
  hw.dram.latency_ns = 100;
  hw.dram.bandwidth_gbps = 64;
  hw.dma.requests_in_flight = 1000;
  hw.dma.queues = 2;
  hw.sequencer.token_latency_cycles = 7;
  hw.sequencer.issue_cycles = 3;
  hw.sequencer.launch_cycles = 40;
  RunTrace trace{.item_limit = 1,
                 .program = lower_gemm(hw, Format::kFp32, 16, 16, 16),
                 .executions = {},
                 .stalls = {},
                 .items = {}};
  TraceRecorder recorder(trace);
  const SimulationResult r = simulate(trace.program, hw, 1, nullptr, Fidelity::kTile, &recorder);
  const CriticalPath path = critical_path(trace, 40);
  // 1 KiB at 64 B a cycle, 100 cycles after the request; the second operand waits 16 cycles for
  // the channel.
  EXPECT_EQ(part<Load>(path), 100 + 16);
  EXPECT_EQ(part(path, StallCause::kDram), 16);
  EXPECT_EQ(part<Matmul>(path), 16);                        // 16 rows stream
  EXPECT_EQ(part(path, StallCause::kDrain), 16 + 15 + 15);  // preload, row skew, column skew
  EXPECT_EQ(part<Epilogue>(path), 10 + 4);                  // start-up, 1 KiB at 256 B a cycle
  EXPECT_EQ(part<Store>(path), 100 + 16);
  EXPECT_EQ(part(path, StallCause::kToken), 3 * 7);  // to the array, the vector unit, the DMA
  EXPECT_EQ(part(path, StallCause::kIssue), 4 * 3);  // load, matmul, epilogue, store
  EXPECT_EQ(total(path), r.total_cycles - 40);
}

class CriticalPaths : public ::testing::TestWithParam<Fidelity> {};
TEST_P(CriticalPaths, sum_to_the_latency_on_random_machines) {
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    HwConfig hw = random_machine(random);
    if (GetParam() == Fidelity::kTile) hw = with_random_unit_clocks(hw, random);
    // The first row of a substitution needs nothing loaded; it is to take no longer than a load.
    hw.dram.latency_ns += 50;
    const PreparedProblem problem = problem_of(std::vector<int>{8, 16, 20, 32}[random() % 4], 1);
    // The algorithms compared by default, and one of the others, on every machine another one.
    std::size_t index = static_cast<std::size_t>(i);
    for (const Algorithm& algorithm : algorithms()) {
      if (!algorithm.compared_by_default && ++index % (algorithms().size() - 4) != 0) continue;
      const RunResult r = run(hw, problem, algorithm, {}, Format::kFp16, GetParam());
      EXPECT_EQ(total(r.critical_path), r.latency_cycles()) << "machine " << i << algorithm.name;
      // Something is loaded first and stored last; the others may first write zeros for longer.
      if (algorithm.compared_by_default) {
        EXPECT_GT(part<Load>(r.critical_path), 0);
      }
      EXPECT_GT(part<Store>(r.critical_path), 0);
      for (StallCause other :
           {StallCause::kLaunch, StallCause::kItem, waits_for(Unit::kMatrix),
            waits_for(Unit::kVector), waits_for(Unit::kDma), waits_for(Unit::kReadOut)})
        EXPECT_EQ(part(r.critical_path, other), 0) << "a wait is the time of what is waited for";
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Both, CriticalPaths, ::testing::Values(Fidelity::kTile, Fidelity::kPe),
                         [](const auto& info) {
                           return info.param == Fidelity::kTile ? "tile" : "pe";
                         });

}  // namespace
}  // namespace tricycle
