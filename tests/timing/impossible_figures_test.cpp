// SPDX-License-Identifier: Apache-2.0
//
// No figure is what no machine could do: nothing is faster than its bounds, more of a machine never
// picks the worse of two programs, and what stands beside steady cycles is of the steady state.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "models/error.h"
#include "models/timing/timing.h"
#include "reports/bottleneck.h"
#include "reports/columns.h"
#include "reports/invariants.h"
#include "sim/config/load_hw.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "sim/engine/steady_state.h"
#include "sim/engine/trace_recorder.h"
#include "sim/units/npu.h"
#include "tests/problems.h"
#include "tests/random_machine.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

using testing::problem_of;
using testing::random_machine;
using testing::with_random_unit_clocks;

HwConfig shipped(const std::string& name, const std::vector<std::string>& set = {}) {
  return load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/" + name + ".yaml", set);
}

TimedProgram fastest(const HwConfig& hw, const std::string& algorithm, int chunk, Format format) {
  const Algorithm& row = find_algorithm(algorithm);
  return lower_fastest(row, resolve_parameters(row, chunk, {}), chunk, format, hw);
}

RunResult run_on(const HwConfig& hw, const std::string& algorithm, std::int64_t chunk,
                 std::int64_t matrices, Format format) {
  return run(hw, problem_of(chunk, matrices), find_algorithm(algorithm), {}, format);
}

HwConfig any_machine(std::mt19937& random) {
  HwConfig hw = with_random_unit_clocks(random_machine(random), random);
  if (random() % 2 == 0) hw.dram.timing = DramTiming::kRowBuffer;
  return hw;
}

Program any_program(const HwConfig& hw, std::mt19937& random) {
  const Algorithm& algorithm = algorithms()[random() % algorithms().size()];
  const int chunk = random() % 2 == 0 ? 16 : 32;
  return lower(algorithm, resolve_parameters(algorithm, chunk, {}), chunk, Format::kFp16, hw);
}

TEST(Bounds, no_item_among_others_is_faster_than_its_instructions_one_behind_the_other) {
  std::mt19937 random(21);
  int met = 0;
  for (int i = 0; i < 60; ++i) {
    const HwConfig hw = any_machine(random);
    const Program program = any_program(hw, random);
    const std::int64_t least = least_latency_cycles(program, hw), items = 3 * hw.cores * 4;
    RunTrace trace{
        .item_limit = items, .program = program, .executions = {}, .stalls = {}, .items = {}};
    TraceRecorder recorder(trace);
    simulate(program, hw, items, nullptr, Fidelity::kTile, &recorder);
    for (const ItemSpan& item : trace.items) EXPECT_GE(item.end - item.begin, least) << i;
    const std::int64_t alone = simulate(program, hw, 1, nullptr).total_cycles;
    met += alone - hw.sequencer.launch_cycles == least ? 1 : 0;
  }
  EXPECT_GT(met, 5) << "a bound that is never met says little";
}

/// Every item is counted, so that nothing can have been done before: the whole run is no shorter
/// than what its items need.
TEST(Bounds, no_whole_run_is_shorter_than_the_bounds_of_its_items) {
  std::mt19937 random(22);
  for (int i = 0; i < 60; ++i) {
    const HwConfig hw = any_machine(random);
    const Program program = any_program(hw, random);
    const ItemBounds bounds = item_bounds(program, hw);
    const std::int64_t items = 5 * hw.cores * items_in_flight(program, hw);
    const SimulationResult r = simulate(program, hw, items, nullptr);
    check_figures(hw, r, bounds.cycles, cycles_at_peak(hw, program));
    const double cycles = static_cast<double>(r.total_cycles - hw.sequencer.launch_cycles);
    for (std::size_t b = 0; b < kResourceCount; ++b)
      EXPECT_LE(bounds.cycles[b] * static_cast<double>(items), cycles * (1 + 1e-6))
          << i << " " << kResources[b].name;
  }
}

/// These came out up to 1.6 % below what they need.
TEST(Steady, cycles_are_no_less_than_any_bound_and_bytes_no_more_than_the_bandwidth) {
  struct Case {
    std::string machine, algorithm;
    Format format;
    std::vector<std::string> set;
  };
  for (const Case& c :
       {Case{"edge_16x16", "forward_substitution", Format::kFp16, {}},
        Case{"trainium_ncv2_like", "forward_substitution", Format::kFp16, {}},
        Case{"tpu_v5e_like", "blocked_substitution", Format::kInt8, {}},
        Case{"edge_16x16", "block_doubling", Format::kFp16, {"dram.bandwidth=1 GB/s"}},
        Case{"edge_16x16",
             "block_doubling",
             Format::kFp16,
             {"dram.bandwidth=1 GB/s", "dram.timing=row_buffer"}},
        Case{"hexagon_like", "block_doubling", Format::kFp16, {"dram.bandwidth=1 GB/s"}}})
    for (const int chunk : {8, 16, 32}) {
      const HwConfig hw = shipped(c.machine, c.set);
      const TimedProgram timed = fastest(hw, c.algorithm, chunk, c.format);
      for (const double bound : timed.steady.lower_bounds) EXPECT_LE(bound, timed.cycles_per_item);
      const double bytes = static_cast<double>(activity(timed.program, hw).dram_bytes());
      EXPECT_LE(bytes, timed.cycles_per_item * hw.dram.bandwidth_gbps / hw.clock_ghz * (1 + 1e-9))
          << c.machine << " " << c.algorithm << " " << chunk;
    }
}

TEST(Steady, a_window_errs_by_no_more_than_a_round) {
  std::mt19937 random(23);
  for (int i = 0; i < 20; ++i) {
    const HwConfig hw = any_machine(random);
    const Program program = any_program(hw, random);
    const ItemBounds bounds = item_bounds(program, hw);
    const double window =
        run_window(program, hw, std::numeric_limits<double>::infinity()).cycles_per_item;
    EXPECT_GE(window, 0.9 * bounds.least_with(hw.cores * items_in_flight(program, hw))) << i;
    EXPECT_EQ(steady_cycles_per_item(program, hw), std::max(window, bounds.least()));
  }
}

TEST(Choice, cuts_that_are_equally_fast_go_to_less_energy) {
  const TimedProgram fast = fastest(shipped("edge_16x16"), "block_doubling", 64, Format::kFp16);
  const HwConfig slow_dram = shipped("edge_16x16", {"dram.bandwidth=1 GB/s"});
  const TimedProgram slow = fastest(slow_dram, "block_doubling", 64, Format::kFp16);
  // All cuts wait for the same bytes: the coarsest, of 589,824 multiply-accumulates, is no better.
  EXPECT_LE(activity(slow.program, slow_dram).macs, activity(fast.program, slow_dram).macs);
  const double energy = energy_pj(slow_dram, Format::kFp16, activity(slow.program, slow_dram), 1,
                                  slow.cycles_per_item)
                            .total()
                            .nominal;
  for (const int tile : {8, 16, 32, 64}) {
    const Algorithm& row = find_algorithm("block_doubling");
    const Program other = lower(row, resolve_parameters(row, 64, {}), 64, Format::kFp16, slow_dram,
                                {.tile = tile, .merge_group = 2});
    const double cycles = steady_cycles_per_item(other, slow_dram);
    EXPECT_GE(cycles * (1 + kTiedCycles), slow.cycles_per_item) << tile;
    if (cycles > slow.cycles_per_item) continue;
    EXPECT_GE(
        energy_pj(slow_dram, Format::kFp16, activity(other, slow_dram), 1, cycles).total().nominal,
        energy)
        << tile;
  }
}

TEST(Choice, more_in_flight_or_more_memory_never_picks_the_worse_of_two_known_programs) {
  const auto is_monotone = [](const std::string& key, const std::vector<std::string>& values) {
    for (const char* algorithm : {"block_doubling", "forward_substitution", "neumann_masked"}) {
      double least = std::numeric_limits<double>::infinity();
      for (const std::string& value : values) {
        const HwConfig hw = shipped("edge_16x16", {key + "=" + value});
        const double cycles = fastest(hw, algorithm, 32, Format::kFp16).cycles_per_item;
        EXPECT_LE(cycles, least * (1 + kTiedCycles)) << algorithm << " " << key << "=" << value;
        least = std::min(least, cycles);
      }
    }
  };
  is_monotone("sequencer.in_flight", {"1", "2", "3", "4", "5", "6", "8"});
  is_monotone("accumulator_memory.size", {"16 KiB", "24 KiB", "32 KiB", "64 KiB"});
}

TEST(Choice, the_number_in_flight_is_part_of_it) {
  const HwConfig hw = shipped("edge_16x16", {"sequencer.in_flight=8"});
  for (const Algorithm& row : algorithms()) {
    if (!row.runs_on(hw)) continue;
    const TimedProgram found =
        lower_fastest(row, resolve_parameters(row, 16, {}), 16, Format::kFp16, hw);
    Program same = found.program;
    for (const std::int64_t fewer : {1, 2, 3, 4, 5, 6, 7}) {
      same.most_in_flight = fewer;
      EXPECT_LE(found.cycles_per_item, steady_cycles_per_item(same, hw) * (1 + kTiedCycles))
          << row.name << " " << fewer;
    }
  }
}

TEST(Latency, the_shortest_is_a_figure_of_its_own_and_no_longer_with_more_vector_units) {
  const std::vector<std::string> set{"sequencer.token_latency=1", "dma.requests_in_flight=4"};
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const char* units : {"1", "2", "4"}) {
    std::vector<std::string> with = set;
    with.push_back(std::string("vector_unit.units=") + units);
    const RunResult r =
        run_on(shipped("edge_16x16", with), "block_elimination", 64, 1, Format::kInt8);
    EXPECT_LE(r.shortest_latency_cycles, least) << units;
    EXPECT_LE(r.shortest_latency_cycles, r.latency_cycles());
    EXPECT_NE(r.shortest_latency_cut, "");
    least = r.shortest_latency_cycles;
  }
}

TEST(SteadyShares, do_not_depend_on_how_many_chunks_a_problem_has) {
  const HwConfig hw = shipped("edge_16x16");
  const RunResult few = run_on(hw, "block_doubling", 16, 3, Format::kInt8),
                  many = run_on(hw, "block_doubling", 16, 50, Format::kInt8);
  EXPECT_EQ(few.cycles_per_chunk, many.cycles_per_chunk);
  const SteadyShares a = steady_shares(few), b = steady_shares(many);
  EXPECT_EQ(a.units[Unit::kMatrix], b.units[Unit::kMatrix]);
  EXPECT_EQ(a.units[Unit::kVector], b.units[Unit::kVector]);
  EXPECT_EQ(a.mac, b.mac);
  EXPECT_EQ(a.dram, b.dram);
  EXPECT_GT(a.units[Unit::kMatrix].value_or(0), 0);
  EXPECT_DOUBLE_EQ(a.units[Unit::kMatrix].value_or(0) * few.cycles_per_chunk,
                   static_cast<double>(few.steady.busy[Unit::kMatrix]));
}

TEST(NarrowWeights, are_multiplied_within_their_own_peak) {
  struct Pair {
    Format operands, weights;
  };
  for (const char* machine : {"tpu_v5e_like", "hexagon_like", "edge_16x16", "trainium_ncv2_like"})
    for (const Pair& pair :
         {Pair{Format::kInt16, Format::kInt4}, Pair{Format::kInt16, Format::kInt8},
          Pair{Format::kInt8, Format::kInt4}, Pair{Format::kFp16, Format::kInt8}}) {
      const HwConfig hw = shipped(machine);
      if (!hw.support(pair.operands).present) continue;
      const HwConfig seen = for_weights(hw, pair.operands, info(pair.weights).bits);
      const ArrayTiming array = array_timing(seen, pair.operands, 256, 256, 256);
      const double macs = 256. * 256 * 256;
      EXPECT_LE(macs, static_cast<double>(in_machine_cycles(seen, array).occupancy_cycles) *
                          seen.peak_macs_per_cycle(pair.operands) * (1 + 1e-12));
      // Weights need not be a format of the machine.
      const Program product = lower_fastest_gemm(hw, pair.operands, 256, 256, 256, pair.weights);
      const SimulationResult r = simulate(product, hw, 1, nullptr);
      check_figures(hw, r, item_bounds(product, hw).cycles, cycles_at_peak(hw, product));
      EXPECT_NEAR(cycles_at_peak(hw, product) * seen.peak_macs_per_cycle(pair.operands) / macs, 1,
                  1e-9);
      EXPECT_GE(r.total_cycles, in_machine_cycles(seen, array).occupancy_cycles) << machine;
    }
}

}  // namespace
}  // namespace tricycle
