// SPDX-License-Identifier: Apache-2.0
//
// The fastest program is found without simulating every cut, and timing alone says what a run with
// values says.
#include "sim/engine/lowering.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "models/error.h"
#include "reports/columns.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/run.h"
#include "sim/engine/steady_state.h"
#include "sim/units/npu.h"
#include "tests/problems.h"
#include "tests/random_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::problem_of;
using testing::random_machine;

/// A whole run, every item of it completed; no less than what an item needs.
double cycles_of_whole_run(const Program& program, const HwConfig& hw) {
  const SteadyWindow window(program, hw);
  return std::max(
      window.cycles_per_item(simulate(program, hw, window.items(), nullptr).completion_cycles),
      item_bounds(program, hw).least());
}

std::int64_t macs(const Program& program) {
  std::int64_t sum = 0;
  for (const Instruction& in : program.instructions)
    sum += in.as<Matmul>() != nullptr ? macs(in).all : 0;
  return sum;
}

struct Tried {
  Program program;
  double cycles;
};
/// Every cut simulated with all in flight, the plain loop.
std::vector<Tried> every_cut(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                             int chunk, Format format, const HwConfig& hw) {
  std::vector<Tried> all;
  const auto add = [&](const Cut& cut) {
    std::vector<std::string> faults;  // a kernel may not take the chunk
    auto program =
        attempt(faults, [&] { return lower(algorithm, parameters, chunk, format, hw, cut); });
    if (!program) return;
    const double cycles = cycles_of_whole_run(*program, hw);
    all.push_back({std::move(*program), cycles});
  };
  for (const LinearTerms terms : linear_terms_on(hw, format))
    for (const int accumulators : {1, 2})
      for (const int tile : tile_edges(hw, format, chunk))
        for (int group = 2;
             group == 2 || (algorithm.merges_pairs && group <= tile && group <= chunk);
             group *= 2) {
          Cut cut{.tile = tile, .linear_terms = terms, .accumulators = accumulators};
          if (algorithm.merges_pairs) cut.merge_group = group;
          if (accumulators == 1 || terms == LinearTerms::kProducts) add(cut);
        }
  return all;
}

TEST(LoweringTest, the_best_program_is_that_of_trying_every_cut_on_random_machines) {
  std::mt19937 random(1);
  for (int i = 0; i < 12; ++i) {
    const HwConfig hw = random_machine(random);
    const int chunk = i % 2 == 0 ? 16 : 32;
    const Format format = i % 3 == 0 ? Format::kInt8 : Format::kFp16;
    for (const Algorithm& algorithm : algorithms()) {
      if (!algorithm.takes(format)) continue;
      const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, {});
      const TimedProgram found = lower_fastest(algorithm, parameters, chunk, format, hw);
      EXPECT_EQ(found.cycles_per_item, cycles_of_whole_run(found.program, hw));
      std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
      for (const Tried& t : every_cut(algorithm, parameters, chunk, format, hw)) {
        EXPECT_LE(found.cycles_per_item, t.cycles * (1 + kTiedCycles)) << i << algorithm.name;
        // Of those as fast none does less work.
        if (t.cycles <= found.cycles_per_item) {
          EXPECT_LE(macs(found.program), macs(t.program)) << i << algorithm.name;
        }
        shortest = std::min(shortest, simulate(t.program, hw, 1, nullptr).total_cycles -
                                          hw.sequencer.launch_cycles);
      }
      EXPECT_EQ(found.shortest_latency_cycles, shortest) << i << algorithm.name;
    }
  }
}

TEST(LoweringTest, a_steady_run_ends_early_only_where_it_is_slower_than_asked_for) {
  std::mt19937 random(3);
  for (int i = 0; i < 20; ++i) {
    HwConfig hw = random_machine(random);
    hw.cores = 1 + i % 3;
    const Algorithm& algorithm = algorithms()[static_cast<std::size_t>(i) % algorithms().size()];
    const Program program =
        lower(algorithm, resolve_parameters(algorithm, 16, {}), 16, Format::kFp16, hw,
              {.tile = tile_edges(hw, Format::kFp16, 16)[0]});
    const double cycles = cycles_of_whole_run(program, hw);
    EXPECT_EQ(steady_cycles_per_item(program, hw), cycles);
    EXPECT_EQ(steady_cycles_per_item(program, hw, cycles), cycles);
    EXPECT_EQ(steady_cycles_per_item(program, hw, cycles / 2),
              std::numeric_limits<double>::infinity());
  }
}

TEST(LoweringTest, a_run_with_its_values_from_elsewhere_is_the_run) {
  std::mt19937 random(2);
  for (const Format format : {Format::kFp16, Format::kInt8}) {
    const HwConfig hw = random_machine(random);
    const PreparedProblem problem = problem_of(16, 6);
    for (const Algorithm& algorithm : algorithms()) {
      if (!algorithm.takes(format)) continue;
      const RunResult whole = run(hw, problem, algorithm, {}, format);
      const RunResult timed =
          run_timed({hw, problem, algorithm, {}, format}, digests(hw, problem.problem),
                    [&](const AlgorithmParameters&, const TimedProgram& p) {
                      return run_values(hw, problem, p.program);
                    });
      for (const Column& column : columns())
        EXPECT_EQ(column.value(whole), column.value(timed)) << column.name;
    }
  }
}

}  // namespace
}  // namespace tricycle
