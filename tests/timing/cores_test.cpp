// SPDX-License-Identifier: Apache-2.0
//
// Several cores in front of one DRAM.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "models/error.h"
#include "reports/bottleneck.h"
#include "reports/columns.h"
#include "reports/timeline.h"
#include "reports/trace_json.h"
#include "sim/engine/run.h"
#include "sim/engine/trace_recorder.h"
#include "sim/units/item_pool.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "tests/problems.h"
#include "tests/random_machine.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::machine_with_array;
using testing::problem_of;
using testing::random_machine;

RunResult run_on(HwConfig hw, std::int64_t cores, const PreparedProblem& problem,
                 RunTrace* trace = nullptr) {
  hw.cores = cores;
  return run(hw, problem, find_algorithm("neumann_masked"), {}, Format::kFp16, Fidelity::kTile,
             trace);
}

RunTrace trace_of(std::int64_t items) {
  return {.item_limit = items, .program = {}, .executions = {}, .stalls = {}, .items = {}};
}

/// Vector units bound it, by far: the DRAM has a hundred times what a core needs.
HwConfig compute_bound_machine() {
  HwConfig hw = machine_with_array(32, 32, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.accumulator_to_scratchpad.present = false;  // linear terms need the vector unit
  hw.vector_unit.bytes_per_beat = 32;
  hw.scratchpad.banks = 64;
  hw.dma.queues = 2;
  hw.dma.requests_in_flight = 1000;
  hw.dram.bandwidth_gbps = 1000;
  hw.sequencer.in_flight = 4;
  return hw;
}
HwConfig dram_bound_machine() {
  HwConfig hw = compute_bound_machine();
  hw.vector_unit.bytes_per_beat = 4096;
  hw.dram.bandwidth_gbps = 0.25;
  return hw;
}

std::int64_t dram_stalls(const RunResult& r) {
  return r.many.units[Unit::kDma].stalled[static_cast<std::size_t>(StallCause::kDram)];
}

TEST(ItemPool, gives_slot_s_of_one_core_every_so_manieth_item) {
  ItemPool pool(7, 1, 3);
  EXPECT_EQ(pool.take(0), 0);
  EXPECT_EQ(pool.take(2), 2);
  EXPECT_EQ(pool.take(2), 5);
  EXPECT_TRUE(pool.empty(2));
  EXPECT_EQ(pool.take(2), std::nullopt);
  EXPECT_EQ(pool.take(0), 3);
  EXPECT_EQ(pool.take(0), 6);
  EXPECT_TRUE(pool.empty(0));
  EXPECT_EQ(pool.take(1), 1);
  EXPECT_EQ(pool.take(1), 4);
  EXPECT_EQ(pool.take(1), std::nullopt);
}

TEST(ItemPool, spreads_items_over_cores_and_leaves_the_next_to_whoever_asks) {
  // Blocks of two: slot 0 has 0 1 | 4 5 | 8, slot 1 has 2 3 | 6 7.
  ItemPool pool(9, 2, 2);
  for (std::int64_t item : {0, 1, 4, 5, 8}) EXPECT_EQ(pool.take(0), item);
  EXPECT_TRUE(pool.empty(0));
  for (std::int64_t item : {2, 3, 6, 7}) EXPECT_EQ(pool.take(1), item);
  EXPECT_EQ(pool.take(1), std::nullopt);
}

TEST(Cores, four_compute_bound_cores_take_a_quarter_of_the_cycles_a_chunk) {
  const PreparedProblem problem = problem_of(64, 32);
  const RunResult one = run_on(compute_bound_machine(), 1, problem),
                  four = run_on(compute_bound_machine(), 4, problem);
  EXPECT_EQ(bottleneck(one).resource, Resource::kVector);
  EXPECT_EQ(bottleneck(four).resource, Resource::kVector);
  EXPECT_NEAR(one.cycles_per_chunk / four.cycles_per_chunk, 4, 0.04);
  EXPECT_EQ(four.peak_macs_per_cycle, 4 * one.peak_macs_per_cycle);
  EXPECT_NEAR(matrix_utilization(four).useful, matrix_utilization(one).useful,
              0.2 * matrix_utilization(one).useful)
      << "8 chunks a core instead of 32 fill and drain it oftener";
}

TEST(Cores, that_wait_for_the_dram_are_no_faster_together_and_stall_for_it) {
  const PreparedProblem problem = problem_of(64, 32);
  const RunResult one = run_on(dram_bound_machine(), 1, problem),
                  four = run_on(dram_bound_machine(), 4, problem);
  EXPECT_EQ(bottleneck(one).resource, Resource::kDram);
  EXPECT_EQ(bottleneck(four).resource, Resource::kDram);
  EXPECT_NEAR(four.cycles_per_chunk / one.cycles_per_chunk, 1, 0.01);
  // Eight queues at a channel that serves one of them: seven eighths of their time and more.
  EXPECT_GT(dram_stalls(four), 8 * four.many.total_cycles * 3 / 4);
  EXPECT_LT(dram_stalls(one), 2 * one.many.total_cycles * 3 / 4);
}

TEST(Cores, divide_the_bounds_of_their_units_and_not_the_drams) {
  const PreparedProblem problem = problem_of(32, 16);
  const auto one = lower_bound_cycles(run_on(compute_bound_machine(), 1, problem)),
             four = lower_bound_cycles(run_on(compute_bound_machine(), 4, problem));
  for (Resource r : {Resource::kMatrix, Resource::kVector, Resource::kDma, Resource::kScratchpad,
                     Resource::kDependency})
    EXPECT_DOUBLE_EQ(four[static_cast<std::size_t>(r)], one[static_cast<std::size_t>(r)] / 4)
        << kResources[static_cast<std::size_t>(r)].name;
  EXPECT_EQ(four[Resource::kDram], one[Resource::kDram]);
}

TEST(Cores, leave_one_chunk_alone_its_latency) {
  const Algorithm& algorithm = find_algorithm("neumann_masked");
  std::mt19937 random(31);
  for (int i = 0; i < 20; ++i) {
    HwConfig hw = random_machine(random);
    const Program p =
        lower(algorithm, resolve_parameters(algorithm, 32, {}), 32, Format::kFp16, hw);
    hw.cores = 1;
    const SimulationResult one = simulate(p, hw, 1, nullptr);
    for (std::int64_t cores : {2, 20}) {
      hw.cores = cores;
      const SimulationResult many = simulate(p, hw, 1, nullptr);
      EXPECT_EQ(many.total_cycles, one.total_cycles) << "machine " << i;
      EXPECT_EQ(many.in_flight, 1);
      EXPECT_EQ(many.units[1].busy, one.units[1].busy);
      EXPECT_EQ(many.units[1].servers, cores * one.units[1].servers);
    }
  }
}

/// Any machine: the same bits on any number of cores, everything done once and accounted (simulate
/// checks busy + stalled + idle), and the same again in a second run.
TEST(Cores, give_the_same_bits_and_every_chunk_once_on_random_machines) {
  std::mt19937 random(23);
  for (int i = 0; i < 30; ++i) {
    HwConfig hw = random_machine(random);
    if (random() % 2 == 0) hw.dram.timing = DramTiming::kRowBuffer;
    const std::int64_t chunks = 1 + static_cast<std::int64_t>(random() % 17);
    const PreparedProblem problem = problem_of(16, chunks);
    const std::string digest = run_on(hw, 1, problem).output_digest;
    for (std::int64_t cores : {2, 5}) {
      RunTrace trace = trace_of(chunks), again = trace_of(chunks);
      const RunResult r = run_on(hw, cores, problem, &trace);
      EXPECT_EQ(r.output_digest, digest) << "machine " << i << ", cores " << cores;
      EXPECT_EQ(static_cast<std::int64_t>(trace.executions.size()), chunks * r.instructions);
      std::set<std::int64_t> items;
      for (const ItemSpan& item : trace.items) {
        EXPECT_TRUE(items.insert(item.item).second) << item.item;
        // The first round: cores before slots.
        if (item.item < r.many.in_flight) {
          EXPECT_EQ(item.core, item.item % cores);
          EXPECT_EQ(item.slot, item.item / cores);
          EXPECT_EQ(item.begin, 0);
        }
      }
      EXPECT_EQ(static_cast<std::int64_t>(items.size()), chunks);
      EXPECT_EQ(r.many.in_flight, std::min(chunks, r.in_flight));
      EXPECT_EQ(r.many.units[1].servers, cores * hw.vector_unit.units);
      const RunResult second = run_on(hw, cores, problem, &again);
      EXPECT_EQ(to_trace_json(second, again), to_trace_json(r, trace));
    }
    if (HasFailure()) return;
  }
}

TEST(Cores, are_named_by_traces_timelines_and_the_watchdog_where_there_are_several) {
  const PreparedProblem problem = problem_of(16, 5);
  HwConfig hw = compute_bound_machine();
  hw.sequencer.in_flight = 2;
  hw.accumulator_to_scratchpad.present = false;  // no unit reads out
  hw.solve_unit.present = false;
  for (std::int64_t cores : {1, 3}) {
    RunTrace trace = trace_of(5);
    const RunResult r = run_on(hw, cores, problem, &trace);
    std::vector<std::string> names;
    const auto document = nlohmann::json::parse(to_trace_json(r, trace));
    for (const auto& e : document["traceEvents"])
      if (e["name"] == "thread_name") names.push_back(e["args"]["name"]);
    const std::string text = timeline(r, trace, 100);
    if (cores == 1) {
      EXPECT_EQ(names,
                (std::vector<std::string>{"matrix0", "vector0", "dma0", "dma1", "slot0", "slot1"}));
      EXPECT_EQ(text.find("core"), std::string::npos);
      continue;
    }
    // Five chunks on three cores: two, two, one.
    EXPECT_EQ(names,
              (std::vector<std::string>{
                  "core0 matrix0", "core0 vector0", "core0 dma0", "core0 dma1", "core1 matrix0",
                  "core1 vector0", "core1 dma0", "core1 dma1", "core2 matrix0", "core2 vector0",
                  "core2 dma0", "core2 dma1", "core0 slot0", "core0 slot1", "core1 slot0",
                  "core1 slot1", "core2 slot0"}));
    for (const std::string& name : names)
      EXPECT_NE(text.find("\n" + name + " "), std::string::npos) << name << text;
  }
}

TEST(Cores, a_core_that_waits_for_itself_is_named) {
  HwConfig hw = compute_bound_machine();
  Program p = lower_gemm(hw, Format::kFp32, 16, 16, 16);
  for (std::uint32_t i = 0; i < p.instructions.size(); ++i)
    if (p.instructions[i].as<Matmul>() != nullptr) p.instructions[i].waits.push_back(i + 1);
  hw.cores = 2;
  try {
    simulate(p, hw, 2, nullptr);
    FAIL() << "expected a deadlock";
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what())
                  .find("core1 matrix: instruction 2 of item 1 waits for the token of instruction "
                        "3 (vector)"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace tricycle
