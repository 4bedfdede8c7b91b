// SPDX-License-Identifier: Apache-2.0
//
// The fastest program is found without simulating every cut, and timing alone says what a run with
// values says.
#include "sim/lowering.h"

#include <gtest/gtest.h>

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
      const double cycles = steady_cycles_per_item(candidate, hw);
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
      const AlgorithmParameters parameters = resolve_parameters(algorithm, chunk, {});
      const TimedProgram found = lower_fastest(algorithm, parameters, chunk, format, hw);
      const Program expected = fastest_of_all(algorithm, parameters, chunk, format, hw);
      EXPECT_EQ(to_text(found.program, hw), to_text(expected, hw)) << i << " " << algorithm.name;
      EXPECT_EQ(found.cycles_per_item, steady_cycles_per_item(expected, hw));
    }
  }
}

TEST(LoweringTest, a_run_with_its_values_from_elsewhere_is_the_run) {
  std::mt19937 random(2);
  for (const Format format : {Format::kFp16, Format::kInt8}) {
    const HwConfig hw = random_machine(random);
    const PreparedProblem problem = problem_of(16, 6);
    for (const Algorithm& algorithm : algorithms()) {
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
