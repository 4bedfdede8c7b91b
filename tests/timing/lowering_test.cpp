// SPDX-License-Identifier: Apache-2.0
//
// The fastest program is found without simulating every cut, and timing alone says what a run with
// values says.
#include "sim/lowering.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "reports/columns.h"
#include "sim/cycle_bound.h"
#include "sim/run.h"
#include "sim/units/npu.h"
#include "tests/problems.h"
#include "tests/random_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::problem_of;
using testing::random_machine;

/// A whole run, every item of it completed.
double cycles_of_whole_run(const Program& program, const HwConfig& hw) {
  const SteadyWindow window(program, hw);
  return window.cycles_per_item(simulate(program, hw, window.items(), nullptr).completion_cycles);
}

/// Every cut simulated, the plain loop: fewest cycles, then fewest instructions, then the first.
Program fastest_of_all(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
                       Format format, const HwConfig& hw) {
  Program best;
  double best_cycles = 0;
  for (const int tile : tile_edges(hw, format, chunk))
    for (int group = 2; group == 2 || (algorithm.merges_pairs && group <= tile && group <= chunk);
         group *= 2) {
      Cut cut{.tile = tile};
      if (algorithm.merges_pairs) cut.merge_group = group;
      Program candidate = lower(algorithm, parameters, chunk, format, hw, cut);
      const double cycles = cycles_of_whole_run(candidate, hw);
      EXPECT_LE(least_cycles_per_item(candidate, hw), cycles);
      if (best.instructions.empty() || cycles < best_cycles ||
          (cycles == best_cycles && candidate.instructions.size() < best.instructions.size())) {
        best = std::move(candidate);
        best_cycles = cycles;
      }
    }
  return best;
}

TEST(LoweringTest, the_fastest_program_is_that_of_trying_every_cut_on_random_machines) {
  std::mt19937 random(1);
  for (int i = 0; i < 12; ++i) {
    const HwConfig hw = random_machine(random);
    const int chunk = i % 2 == 0 ? 16 : 32;
    const Format format = i % 3 == 0 ? Format::kInt8 : Format::kFp16;
    for (const Algorithm& algorithm : algorithms()) {
      if (!algorithm.takes(format)) continue;
      const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, {});
      const TimedProgram found = lower_fastest(algorithm, parameters, chunk, format, hw);
      const Program expected = fastest_of_all(algorithm, parameters, chunk, format, hw);
      EXPECT_EQ(to_text(found.program, hw), to_text(expected, hw)) << i << " " << algorithm.name;
      EXPECT_EQ(found.cycles_per_item, cycles_of_whole_run(expected, hw));
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
      const RunResult timed = run_timed(
          {hw, problem, algorithm, {}, format}, digests(hw, problem.problem),
          [&](const AlgorithmParameters&, const Program& p) { return run_values(hw, problem, p); });
      for (const Column& column : columns())
        EXPECT_EQ(column.value(whole), column.value(timed)) << column.name;
    }
  }
}

}  // namespace
}  // namespace tricycle
