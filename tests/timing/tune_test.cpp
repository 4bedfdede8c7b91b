// SPDX-License-Identifier: Apache-2.0
//
// The search against brute force: every candidate computed on every chunk and simulated.
#include "sim/tune/tune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "models/cost/cost_tables.h"
#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/engine/steady_state.h"
#include "tests/machines.h"
#include "tests/problems.h"
#include "workloads/inversion/neumann.h"

namespace tricycle {
namespace {

constexpr int kChunk = 16;

HwConfig small_machine() {
  HwConfig hw = testing::machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  hw.sequencer.in_flight = 3;
  hw.solve_unit.present = false;
  return hw;
}

TuneGoal goal_of(double snr_db) {
  TuneGoal goal;
  goal.metric = TuneMetric::kSnrDb;
  goal.tolerance = snr_db;
  return goal;
}

std::vector<const Algorithm*> all_algorithms() {
  std::vector<const Algorithm*> rows;
  for (const Algorithm& row : algorithms()) rows.push_back(&row);
  return rows;
}

TunedFormat tuned(TunedProblem& problem, const TuneGoal& goal, const HwConfig& hw, Format format) {
  return tune(hw, format, {&problem}, {all_algorithms(), goal, {}, {}}, [](const std::string&) {});
}

/// Every candidate of every algorithm, nothing left out.
std::vector<TunedPoint> brute_force(TunedProblem& problem, const TuneGoal& goal, const HwConfig& hw,
                                    Format format) {
  const SearchSpace space{hw, format, goal, *goal.tolerance, {}, {}};
  std::vector<TunedPoint> points;
  for (const Algorithm& row : algorithms())
    for (const AlgorithmOptions& options : candidate_options(row, kChunk, {}))
      for (const LinearTerms terms : linear_terms_on(hw, format))
        if (row.runs_on(hw)) points.push_back(measure(space, row, options, problem.table, terms));
  return points;
}

TEST(Tune, finds_the_cheapest_setting_and_the_front_that_brute_force_finds) {
  const HwConfig hw = small_machine();
  TunedProblem problem(testing::problem_of(kChunk, 5), 2);
  const TuneGoal goal = goal_of(50);
  const std::vector<TunedPoint> every = brute_force(problem, goal, hw, Format::kFp16);
  ASSERT_GT(every.size(), 100U);
  double cheapest = std::numeric_limits<double>::infinity();
  for (const TunedPoint& p : every)
    if (p.accuracy.snr_db_worst >= 50) cheapest = std::min(cheapest, p.cycles_per_chunk);
  TunedProblem fresh(testing::problem_of(kChunk, 5), 2);
  const TunedFormat found = tuned(fresh, goal, hw, Format::kFp16);
  ASSERT_TRUE(found.winner);
  EXPECT_EQ(found.winner->cycles_per_chunk, cheapest);
  EXPECT_GE(found.winner->accuracy.snr_db_worst, 50);
  for (const TunedPoint& p : every) {
    if (p.quality_db < kUselessDb) continue;
    EXPECT_TRUE(std::any_of(found.front.begin(), found.front.end(),
                            [&](const TunedPoint& of_front) {
                              return of_front.cycles_per_chunk <= p.cycles_per_chunk &&
                                     of_front.quality_db > p.quality_db - kFrontStepDb;
                            }))
        << p.algorithm->name << " " << p.parameters << " is on no front";
  }
  // It is a search: most candidates were never computed on every chunk.
  std::size_t computed = 0;
  for (const TunedAlgorithm& a : found.algorithms) computed += a.counts.accurate;
  EXPECT_LT(2 * computed, every.size());
}

/// T's SNR would let pass what Y's does not: the diagonal counts there.
TEST(Tune, holds_y_to_the_tolerance_where_the_metric_is_of_y) {
  const HwConfig hw = small_machine();
  TunedProblem problem(testing::problem_of(kChunk, 5), 2);
  TuneGoal goal = goal_of(50);
  goal.metric = TuneMetric::kYSnrDb;
  double cheapest = std::numeric_limits<double>::infinity(), of_t = cheapest;
  for (const TunedPoint& p : brute_force(problem, goal, hw, Format::kFp16)) {
    EXPECT_LT(p.accuracy.y_snr_db_worst, p.accuracy.snr_db_worst);
    if (p.accuracy.y_snr_db_worst >= 50) cheapest = std::min(cheapest, p.cycles_per_chunk);
    if (p.accuracy.snr_db_worst >= 50) of_t = std::min(of_t, p.cycles_per_chunk);
  }
  TunedProblem fresh(testing::problem_of(kChunk, 5), 2);
  const TunedFormat found = tuned(fresh, goal, hw, Format::kFp16);
  ASSERT_TRUE(found.winner);
  EXPECT_EQ(found.winner->cycles_per_chunk, cheapest);
  EXPECT_GE(found.winner->accuracy.y_snr_db_worst, 50);
  EXPECT_LE(of_t, cheapest);
}

TEST(Tune, mean_instead_of_worst_chunk_finds_what_brute_force_finds) {
  const HwConfig hw = small_machine();
  TunedProblem problem(testing::problem_of(kChunk, 5), 2);
  TuneGoal goal = goal_of(2e-3);
  goal.metric = TuneMetric::kRelError;
  goal.over = TuneOver::kMean;
  double cheapest = std::numeric_limits<double>::infinity();
  for (const TunedPoint& p : brute_force(problem, goal, hw, Format::kBf16))
    if (p.accuracy.rel_error_mean <= 2e-3) cheapest = std::min(cheapest, p.cycles_per_chunk);
  const TunedFormat found = tuned(problem, goal, hw, Format::kBf16);
  EXPECT_EQ(found.winner.has_value(), std::isfinite(cheapest));
  if (found.winner) {
    EXPECT_EQ(found.winner->cycles_per_chunk, cheapest);
  }
}

TEST(Tune, with_energy_as_cost_finds_what_brute_force_finds) {
  HwConfig hw = small_machine();
  hw.accumulator_to_scratchpad.present = false;  // with it one setting is the best in both
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 40;
  hw.cost_model = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml").cost_model;
  // Prices at which another setting is the best than in cycles: that of fewest instructions.
  CostTables tables = *hw.cost_model.tables;
  tables.instruction_pj = {{1e6, 1e6, 1e6}, {1e6, 1e6, 1e6}};
  hw.cost_model.tables = tables;
  TunedProblem problem(testing::problem_of(kChunk, 5), 2);
  TuneGoal goal = goal_of(50);
  goal.cost = TuneCost::kEnergy;
  std::vector<TunedPoint> every = brute_force(problem, goal, hw, Format::kFp16);
  std::erase_if(every, [](const TunedPoint& p) { return !p.meets; });
  const auto least = [&](double TunedPoint::*cost) {
    return *std::min_element(
        every.begin(), every.end(),
        [&](const TunedPoint& a, const TunedPoint& b) { return a.*cost < b.*cost; });
  };
  const TunedPoint frugal = least(&TunedPoint::cost_per_chunk);
  EXPECT_NE(frugal.parameters, least(&TunedPoint::cycles_per_chunk).parameters);
  TunedProblem fresh(testing::problem_of(kChunk, 5), 2);
  const TunedFormat found = tuned(fresh, goal, hw, Format::kFp16);
  ASSERT_TRUE(found.winner);
  EXPECT_EQ(found.winner->energy_pj_per_chunk, frugal.cost_per_chunk);
  // It is what a run reports, and the front is one of energy.
  const RunResult r =
      run(hw, fresh.problem, *found.winner->algorithm, found.winner->options, Format::kFp16);
  ASSERT_TRUE(r.cost);
  EXPECT_EQ(r.cost->chunk.total().nominal, frugal.cost_per_chunk);
  for (std::size_t i = 1; i < found.front.size(); ++i)
    EXPECT_LE(*found.front[i - 1].energy_pj_per_chunk, *found.front[i].energy_pj_per_chunk);
}

TEST(Tune, forward_substitution_as_tolerance_is_what_that_reaches_less_the_slack) {
  const HwConfig hw = small_machine();
  TunedProblem problem(testing::problem_of(kChunk, 4), 1);
  TuneGoal goal;
  goal.slack_db = 2;
  const TunedFormat found = tuned(problem, goal, hw, Format::kFp16);
  ASSERT_TRUE(found.forward_substitution && found.winner && found.published);
  EXPECT_EQ(*found.tolerance_db, found.forward_substitution->accuracy.y_snr_db_worst - 2);
  EXPECT_TRUE(found.forward_substitution->meets);
  EXPECT_GE(found.winner->quality_db, *found.tolerance_db);
  EXPECT_LE(found.winner->cycles_per_chunk, found.forward_substitution->cycles_per_chunk);
  ASSERT_TRUE(found.runner_up);
  EXPECT_NE(found.runner_up->algorithm, found.winner->algorithm);
  EXPECT_GE(found.runner_up->cycles_per_chunk, found.winner->cycles_per_chunk);
}

TEST(Tune, a_tolerance_nobody_meets_has_no_winner_but_a_most_accurate_setting) {
  TunedProblem problem(testing::problem_of(kChunk, 2), 1);
  const TunedFormat found = tuned(problem, goal_of(250), small_machine(), Format::kFp16);
  EXPECT_FALSE(found.winner);
  EXPECT_FALSE(found.runner_up);
  ASSERT_TRUE(found.most_accurate);
  EXPECT_GT(found.most_accurate->quality_db, 50);
}

TEST(Tune, figures_are_those_of_a_run_and_do_not_depend_on_threads) {
  const HwConfig hw = small_machine();
  TunedProblem one(testing::problem_of(kChunk, 6), 1), three(testing::problem_of(kChunk, 6), 3);
  const TunedFormat a = tuned(one, goal_of(45), hw, Format::kInt16);
  const TunedFormat b = tuned(three, goal_of(45), hw, Format::kInt16);
  ASSERT_TRUE(a.winner);
  ASSERT_EQ(a.front.size(), b.front.size());
  for (std::size_t i = 0; i < a.front.size(); ++i) {
    EXPECT_EQ(a.front[i].parameters, b.front[i].parameters);
    EXPECT_EQ(a.front[i].quality_db, b.front[i].quality_db);
  }
  for (std::size_t i = 0; i < a.algorithms.size(); ++i)
    EXPECT_EQ(a.algorithms[i].counts.accurate, b.algorithms[i].counts.accurate);
  const RunResult r = run(hw, one.problem, *a.winner->algorithm, a.winner->options, Format::kInt16);
  EXPECT_EQ(r.cycles_per_chunk, a.winner->cycles_per_chunk);
  EXPECT_EQ(r.accuracy.snr_db_worst, a.winner->accuracy.snr_db_worst);
  EXPECT_EQ(r.accuracy.snr_db_mean, a.winner->accuracy.snr_db_mean);
}

TEST(Tune, candidates_are_settings_the_algorithm_takes_each_once) {
  for (const Algorithm& row : algorithms()) {
    const auto settings = candidate_options(row, 32, {});
    EXPECT_FALSE(settings.empty()) << row.name;
    std::vector<std::string> texts;
    for (const AlgorithmOptions& o : settings) {
      std::string text;
      for (const auto& [key, value] : parameter_texts(row, resolve_parameters(row, 32, o)))
        text += value + " ";
      texts.push_back(text);
    }
    std::sort(texts.begin(), texts.end());
    EXPECT_EQ(std::adjacent_find(texts.begin(), texts.end()), texts.end()) << row.name;
  }
  AlgorithmOptions fixed;
  fixed.set(kOrder, 2);
  for (const AlgorithmOptions& o : candidate_options(find_algorithm("neumann_masked"), 32, fixed))
    EXPECT_EQ(o.find(kOrder.name), 2);
}

TEST(Tune, settings_that_read_out_without_the_vector_unit_are_found_where_they_are_cheapest) {
  HwConfig hw = small_machine();
  hw.accumulator_to_scratchpad.present = true;
  hw.accumulator_to_scratchpad.bytes_per_cycle = 64;
  for (VectorOpCost& op : hw.vector_unit.operations) op.startup_cycles = 100;
  TunedProblem problem(testing::problem_of(kChunk, 5), 2);
  const TuneGoal goal = goal_of(50);
  const std::vector<TunedPoint> every = brute_force(problem, goal, hw, Format::kFp16);
  const auto cheapest =
      std::min_element(every.begin(), every.end(), [](const TunedPoint& a, const TunedPoint& b) {
        return a.meets != b.meets ? a.meets : a.cycles_per_chunk < b.cycles_per_chunk;
      });
  ASSERT_TRUE(cheapest->meets);
  EXPECT_NE(cheapest->linear_terms, LinearTerms::kVector);
  const TunedFormat found = tuned(problem, goal, hw, Format::kFp16);
  ASSERT_TRUE(found.winner);
  EXPECT_EQ(found.winner->cycles_per_chunk, cheapest->cycles_per_chunk);
}

TEST(Tune, settings_are_told_apart_by_everything_their_bits_depend_on) {
  HwConfig hw = small_machine();
  const Algorithm& row = find_algorithm("block_doubling");
  const AlgorithmParameters parameters = resolve_parameters(row, kChunk, {});
  FormatSupport& support = hw.formats[static_cast<std::size_t>(Format::kFp16)];
  std::set<std::string> texts;
  LinearTerms terms = LinearTerms::kVector;
  const auto add = [&] { texts.insert(value_text({hw, row, parameters, Format::kFp16, terms})); };
  add();
  support.order = SumOrder::kAligned;
  support.fan_in = 4;
  add();
  support.fan_in = 8;
  add();
  support.fraction_bits = 23;
  add();
  support.sum_rounding = Rounding::kTowardZero;
  add();
  support.rounding = Rounding::kStochastic;
  add();
  support.rounding_seed = 1;
  add();
  terms = LinearTerms::kProducts;
  add();
  EXPECT_EQ(texts.size(), 8U);
}

}  // namespace
}  // namespace tricycle
