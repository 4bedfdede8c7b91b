// SPDX-License-Identifier: Apache-2.0
//
// Guided search of a grid, and constraints on figures of the report.
#include "sim/sweep/pareto_search.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "models/error.h"

namespace tricycle {
namespace {

using ::testing::HasSubstr;

Grid load(const std::string& rest) {
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("tricycle_pareto_search_test_{}.yaml", getpid());
  std::ofstream(path) << "name: g\nmachine: " TRICYCLE_SOURCE_DIR
                         "/hwconfigs/edge_16x16.yaml\nproblem: " TRICYCLE_SOURCE_DIR
                         "/workloads/problems/iid_c16.yaml\n"
                      << rest;
  return load_grid(path.string());
}
std::string faults(const std::string& rest) {
  try {
    load(rest);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

constexpr const char* kAxes =
    "axes:\n  - algorithm: [forward_substitution, neumann_masked, block_doubling]\n"
    "  - sequencer.token_latency: {from: 0, to: 63, step: 1}\n"
    "  - dma.startup: {from: 0, to: 63, step: 1}\n";
std::string sampling(std::uint64_t points, std::uint64_t start) {
  return "sampling: {pareto: {points: " + std::to_string(points) +
         ", start: " + std::to_string(start) +
         ", seed: 1, minimize: [cycles_per_chunk], maximize: [snr_db_worst]}}\n";
}

/// What a search tried, and its front, where `figures` stands for the runs.
struct Searched {
  std::vector<std::uint64_t> tried, front;
  std::size_t rounds = 0;
};
Searched search(const Points& points,
                const std::function<std::optional<Figures>(const AxisIndices&)>& figures) {
  ParetoSearch search(points);
  Searched out;
  for (;;) {
    const auto round =
        search.next_round([&](std::uint64_t point) { return figures(points.axis_indices(point)); });
    if (round.empty()) break;
    ++out.rounds;
    out.tried.insert(out.tried.end(), round.begin(), round.end());
  }
  out.front = search.front();
  return out;
}

/// The points nothing of the whole grid beats, the plain loop; of equal ones the first.
std::vector<std::uint64_t> front_of_all(
    const Points& points, std::uint64_t count,
    const std::function<std::optional<Figures>(const AxisIndices&)>& figures) {
  std::map<Figures, std::uint64_t> first;
  for (std::uint64_t p = 0; p < count; ++p)
    if (const auto f = figures(points.axis_indices(p))) first.emplace(*f, p);
  std::vector<std::uint64_t> front;
  for (const auto& [f, p] : first)
    if (std::none_of(first.begin(), first.end(),
                     [&, mine = f](const auto& other) { return dominates(other.first, mine); }))
      front.push_back(p);
  std::sort(front.begin(), front.end());
  return front;
}

/// Three algorithms, the second the best; time against latency hidden, both hurt by a slow start.
std::optional<Figures> bowl(const AxisIndices& d) {
  const auto x = static_cast<double>(d[1]), y = static_cast<double>(d[2]);
  const double penalty = d[0] == 1 ? 0 : 100;
  return Figures{x * x + y + penalty, (63 - x) * (63 - x) + std::abs(y - 5) + penalty};
}

TEST(ParetoSearchTest, it_finds_the_whole_front_with_few_of_the_points) {
  const Grid grid = load(kAxes + sampling(12288, 40));
  const Points points(grid);
  const Searched found = search(points, bowl);
  EXPECT_EQ(found.front, front_of_all(points, 12288, bowl));
  EXPECT_GT(found.front.size(), 64U);
  EXPECT_LT(found.tried.size(), 12288U / 4);
  EXPECT_GT(found.rounds, 4U);
}

TEST(ParetoSearchTest, it_tries_no_point_twice_and_no_more_than_it_may) {
  for (const std::uint64_t most : {40U, 41U, 100U, 500U}) {
    const Grid grid = load(kAxes + sampling(most, 40));
    const Points points(grid);
    const Searched found = search(points, bowl);
    const std::set<std::uint64_t> once(found.tried.begin(), found.tried.end());
    EXPECT_EQ(once.size(), found.tried.size());
    EXPECT_EQ(found.tried.size(), most);
    EXPECT_EQ(found.tried, search(points, bowl).tried) << "the same every time";
  }
}

TEST(ParetoSearchTest, points_that_fail_are_on_no_front_and_do_not_end_it) {
  const Grid grid = load(kAxes + sampling(12288, 40));
  const Points points(grid);
  const auto holes = [](const AxisIndices& d) -> std::optional<Figures> {
    if ((d[1] * 7 + d[2] * 3) % 5 == 0) return std::nullopt;
    return bowl(d);
  };
  const Searched found = search(points, holes);
  for (const std::uint64_t point : found.front) EXPECT_TRUE(holes(points.axis_indices(point)));
  EXPECT_GT(found.front.size(), 30U);
  const Searched nothing = search(points, [](const AxisIndices&) { return std::nullopt; });
  EXPECT_EQ(nothing.front.size(), 0U);
  EXPECT_EQ(nothing.rounds, 1U);
}

TEST(ParetoSearchTest, constraints_and_lacking_parameters_hold_for_neighbours_too) {
  const Grid grid = load(
      "axes:\n  - algorithm: [forward_substitution, neumann_masked]\n"
      "  - algorithm.order: [1, 2, 3]\n"
      "  - sequencer.token_latency: {from: 0, to: 63, step: 1}\n"
      "constraints: [sequencer.token_latency >= 10]\n" +
      sampling(384, 20));
  const Points points(grid);
  const Searched found = search(points, [](const AxisIndices& d) {
    return Figures{static_cast<double>(d[2]), -static_cast<double>(d[1])};
  });
  for (const std::uint64_t point : found.tried)
    EXPECT_TRUE(points.belongs(points.axis_indices(point)));
  const AxisIndices best = points.axis_indices(found.front.front());
  EXPECT_EQ(best[2], 10U);
}

TEST(ParetoSearchTest, a_point_beats_another_where_it_is_nowhere_worse_and_somewhere_better) {
  EXPECT_TRUE(dominates({1, 2}, {1, 3}));
  EXPECT_FALSE(dominates({1, 2}, {1, 2}));
  EXPECT_FALSE(dominates({1, 3}, {2, 2}));
}

TEST(ParetoSearchTest, faults_of_its_keys_are_told_with_place_and_remedy) {
  const std::string axes = kAxes;
  const auto fault = [&](const std::string& what) {
    return faults(axes + "sampling: {pareto: {points: 10, seed: 1, " + what + "}}\n");
  };
  EXPECT_THAT(fault("start: 5"), HasSubstr("sampling.pareto.minimize: missing"));
  EXPECT_THAT(fault("minimize: [latency_cycles]"), HasSubstr("sampling.pareto.start: missing"));
  EXPECT_THAT(fault("start: 11, minimize: [latency_cycles]"), HasSubstr("integer in [1, 10]"));
  EXPECT_THAT(fault("start: 5, minimize: [latency]"), HasSubstr("expected a column of numbers"));
  EXPECT_THAT(fault("start: 5, minimize: [machine]"), HasSubstr("expected a column of numbers"));
  EXPECT_THAT(fault("start: 5, minimize: [latency_ns], maximize: [latency_ns]"),
              HasSubstr("\"latency_ns\" stands there twice"));
  EXPECT_THAT(faults(axes + "sampling: {parito: {points: 10}}\n"),
              HasSubstr("did you mean \"pareto\"?"));
}

TEST(ResultConstraintTest, columns_of_the_report_are_told_from_keys) {
  const Grid grid = load(std::string(kAxes) +
                         "constraints:\n  - sequencer.token_latency < 32\n"
                         "  - area_mm2.total <= 20\n"
                         "  - scratchpad_peak_bytes <= scratchpad.size\n"
                         "  - bottleneck != dram\n");
  EXPECT_EQ(grid.constraints.size(), 1U);
  EXPECT_EQ(grid.result_constraints.size(), 3U);
  EXPECT_EQ(Points(grid).count(), 12288U / 2);
  EXPECT_THAT(faults(std::string(kAxes) + "constraints: [area_mm2.totl <= 20]\n"),
              HasSubstr("unknown key"));
  EXPECT_THAT(faults(std::string(kAxes) + "constraints: [scratchpad_peak_bytes <= 1 GHz]\n"),
              HasSubstr("the same unit"));
}

TEST(GridAxisTest, one_of_two_keys_that_move_together_may_repeat_its_values) {
  const Grid grid =
      load("axes:\n  - systolic_array.rows: [8, 16, 8]\n    systolic_array.cols: [16, 16, 32]\n");
  EXPECT_EQ(Points(grid).count(), 3U);
  EXPECT_THAT(
      faults("axes:\n  - systolic_array.rows: [8, 16, 8]\n    systolic_array.cols: [16, 16, 16]\n"),
      HasSubstr("\"8, 16\" stands there twice"));
}

}  // namespace
}  // namespace tricycle
