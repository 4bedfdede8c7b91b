// SPDX-License-Identifier: Apache-2.0
//
// Grids of a sweep: what the reader takes and refuses, constraints, and which points there are.
#include "sim/sweep/grid.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "models/error.h"
#include "sim/sweep/point_spec.h"
#include "sim/sweep/points.h"

namespace tricycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GridTest : public ::testing::Test {
 protected:
  GridTest()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("tricycle_grid_test_{}.yaml", getpid())) {}
  ~GridTest() override { std::filesystem::remove(path_); }

  /// A grid over the edge machine; `rest` is what stands behind the files.
  Grid load(const std::string& rest) {
    std::ofstream(path_) << "name: g\nmachine: " TRICYCLE_SOURCE_DIR
                            "/hwconfigs/edge_16x16.yaml\nproblem: " TRICYCLE_SOURCE_DIR
                            "/workloads/problems/iid_c16.yaml\n"
                         << rest;
    return load_grid(path_.string());
  }
  /// The faults of a grid, one a line, without the file's name.
  std::string faults(const std::string& rest) {
    try {
      load(rest);
    } catch (const InputError& error) {
      std::string text;
      for (const std::string& line : error.messages())
        text += line.substr(path_.string().size() + 1) + "\n";
      return text;
    }
    return "none";
  }
  std::vector<std::uint64_t> points(const Grid& grid) {
    const Points all(grid);
    std::vector<std::uint64_t> out;
    for (auto point = all.next(0); point; point = all.next(*point + 1)) out.push_back(*point);
    EXPECT_EQ(out.size(), all.count());
    return out;
  }
  std::vector<std::string> labels(const Grid& grid, std::size_t axis = 0, std::size_t key = 0) {
    std::vector<std::string> out;
    for (const AxisValue& value : grid.axes[axis].keys[key].values) out.push_back(value.label);
    return out;
  }

  std::filesystem::path path_;
};

TEST_F(GridTest, lists_and_ranges_become_values_in_the_unit_of_their_key) {
  const Grid grid = load(
      "axes:\n"
      "  - systolic_array.rows: [8, 16]\n"
      "  - scratchpad.size: {from: 64 KiB, to: 1 MiB, powers_of: 4}\n"
      "  - sequencer.token_latency: {from: 0, to: 10, step: 4}\n"
      "  - dram.bandwidth: {from: 0.5 GB/s, to: 2 GB/s, step: 0.5 GB/s}\n"
      "  - clock: [800 MHz, 1 GHz]\n");
  EXPECT_THAT(labels(grid, 0), ElementsAre("8", "16"));
  EXPECT_THAT(labels(grid, 1), ElementsAre("65536", "262144", "1048576"));
  EXPECT_THAT(labels(grid, 2), ElementsAre("0", "4", "8"));
  EXPECT_THAT(labels(grid, 3), ElementsAre("0.5 GB/s", "1 GB/s", "1.5 GB/s", "2 GB/s"));
  EXPECT_THAT(labels(grid, 4), ElementsAre("0.8 GHz", "1 GHz"));
  EXPECT_EQ(points(grid).size(), 2U * 3 * 3 * 4 * 2);
}

TEST_F(GridTest, keys_of_one_axis_move_together_and_axes_are_crossed) {
  const Grid grid = load(
      "axes:\n"
      "  - systolic_array.rows: [8, 16, 32]\n"
      "    systolic_array.cols: [4, 8, 16]\n"
      "  - format: [fp16, int8]\n");
  const Points all(grid);
  PointSpecs specs(all);
  EXPECT_EQ(all.count(), 6U);
  EXPECT_EQ(specs.axes(all.axis_indices(0)),
            R"({"systolic_array.rows":8,"systolic_array.cols":4,"format":"fp16"})");
  const RunSpec last = specs.run(all.axis_indices(5)).spec;
  EXPECT_EQ(last.hw.systolic_array.rows, 32);
  EXPECT_EQ(last.hw.systolic_array.cols, 16);
  EXPECT_EQ(last.format, Format::kInt8);
}

TEST_F(GridTest, a_parameter_an_algorithm_lacks_is_no_axis_of_it) {
  const Grid grid = load(
      "axes:\n"
      "  - algorithm: [forward_substitution, neumann_masked]\n"
      "  - algorithm.order: [1, 2, 3]\n");
  EXPECT_EQ(points(grid).size(), 1U + 3U);
  const Points all(grid);
  EXPECT_EQ(PointSpecs(all).axes(all.axis_indices(0)),
            R"({"algorithm":"forward_substitution","algorithm.order":null})");
}

TEST_F(GridTest, constraints_leave_points_out) {
  // 8 x 8, 8 x 16, 16 x 8 and 16 x 16 of 3 x 3.
  const std::string axes =
      "axes:\n  - systolic_array.rows: [8, 16, 32]\n  - systolic_array.cols: [8, 16, 32]\n";
  EXPECT_EQ(points(load(axes + "constraints:\n  - systolic_array.rows <= 16\n"
                               "  - systolic_array.cols < 17\n"))
                .size(),
            4U);
  // The base machine has 1 MiB.
  EXPECT_EQ(points(load(axes + "constraints: [scratchpad.size >= 1 MiB]\n")).size(), 9U);
  EXPECT_EQ(
      points(load(axes + "constraints: [scratchpad.size / systolic_array.rows > 64 KiB]\n")).size(),
      3U);
  EXPECT_EQ(points(load(axes + "constraints: [scratchpad.size > 1 MiB]\n")).size(), 0U);
}

TEST_F(GridTest, constraints_on_a_parameter_leave_algorithms_without_it_alone) {
  const std::string axes =
      "axes:\n  - algorithm: [forward_substitution, neumann_masked]\n"
      "  - algorithm.order: [1, 2, 3]\n  - algorithm.evaluation: [horner, powers]\n"
      "  - problem.chunk: [8, 16]\n";
  // neumann_masked keeps its orders 1 (of 8 and 16) and 2 (of 16), summed both ways.
  EXPECT_EQ(points(load(axes + "constraints: [algorithm.order <= problem.chunk / 8]\n")).size(),
            2U + 6U);
  EXPECT_EQ(points(load(axes + "constraints: [algorithm.evaluation != powers]\n")).size(), 2U + 6U);
  EXPECT_THAT(faults(axes + "constraints: [algorithm.steps < 4]\n"),
              HasSubstr("algorithm.steps: no axis sets it"));
  EXPECT_THAT(faults(axes + "constraints: [algorithm.evaluation > 3]\n"),
              HasSubstr("expected a number, got algorithm.evaluation"));
}

TEST_F(GridTest, every_fault_is_told_with_place_and_remedy) {
  const auto has = [&](const std::string& rest, const std::string& text) {
    EXPECT_THAT(faults(rest), HasSubstr(text));
  };
  has("axis: 3\n", "4:1: axis: unknown key (did you mean \"axes\"?)");
  has("axes:\n  - systolic_array.row: [8]\n",
      "5:5: systolic_array.row: unknown key (did you mean \"systolic_array.rows\"?)");
  has("axes:\n  - systolic_array.rows: [8, 0]\n", "5:30: systolic_array.rows: expected integer in");
  has("axes:\n  - systolic_array.rows: [8, 8]\n", "\"8\" stands there twice");
  has("axes:\n  - systolic_array.rows: 8\n", "expected a list of values, as [a, b], or a range");
  has("axes:\n  - format: [fp16, fp17]\n", "unknown value \"fp17\" (did you mean \"fp");
  has("axes:\n  - format: {from: 1, to: 2, step: 1}\n", "only keys of machine and problem");
  has("axes:\n  - systolic_array.rows: {from: 8, to: 32}\n", "one of step and powers_of");
  has("axes:\n  - systolic_array.rows: {from: 8, to: 32, stop: 1}\n",
      "stop: unknown key (did you mean \"step\"?)");
  has("axes:\n  - systolic_array.rows: [8, 16]\n    systolic_array.cols: [8]\n",
      "expected 2 values, as many as systolic_array.rows");
  has("axes:\n  - format: [fp16]\n  - format: [int8]\n", "an axis before this one has the key");
  has("axes:\n  - machine: [x.yaml]\n", "2:1: machine: an axis names it as well");
  has("axes:\n  - algorithm.order: [many]\n", "algorithm.order: expected integer");
  has("axes:\n  - format: [fp16]\nconstraints: [rows < 3]\n", "rows: unknown key");
  has("axes:\n  - format: [fp16]\nsampling: {random: {points: 0}}\n",
      "sampling.random.points: expected integer in [1,");
  has("axes:\n  - format: [fp16]\nsampling: {random: {points: 1}}\n",
      "sampling.random.seed: missing");
}

TEST_F(GridTest, samples_are_drawn_without_repetition_and_by_their_seed_alone) {
  const std::string axes =
      "axes:\n  - sequencer.token_latency: {from: 0, to: 99, step: 1}\n"
      "  - dma.startup: {from: 0, to: 99, step: 1}\n";
  const auto sample = [&](const std::string& text) {
    return points(load(axes + "sampling: " + text + "\n"));
  };
  const auto a = sample("{random: {points: 500, seed: 1}}");
  EXPECT_EQ(a.size(), 500U);
  EXPECT_EQ(a, sample("{random: {points: 500, seed: 1}}"));
  EXPECT_NE(a, sample("{random: {points: 500, seed: 2}}"));
  EXPECT_EQ(sample("{random: {points: 100000, seed: 1}}").size(), 10000U);
  // A quarter of the points is in every quadrant: 125 with a standard deviation of 9.7.
  const auto low = std::count_if(a.begin(), a.end(),
                                 [](std::uint64_t p) { return p / 100 < 50 && p % 100 < 50; });
  EXPECT_NEAR(static_cast<double>(low), 125, 5 * 9.7);
}

TEST_F(GridTest, a_latin_hypercube_has_every_value_of_every_axis_equally_often) {
  const Grid grid = load(
      "axes:\n  - sequencer.token_latency: {from: 0, to: 99, step: 1}\n"
      "  - dma.startup: {from: 0, to: 99, step: 1}\n"
      "sampling: {latin_hypercube: {points: 100, seed: 3}}\n");
  std::set<std::uint64_t> first, second;
  for (const std::uint64_t point : points(grid)) {
    first.insert(point / 100);
    second.insert(point % 100);
  }
  EXPECT_EQ(first.size(), 100U);
  EXPECT_EQ(second.size(), 100U);
}

TEST(PermutationTest, it_takes_every_place_once) {
  for (const std::uint64_t size : {1U, 2U, 3U, 5U, 16U, 17U, 1000U}) {
    std::set<std::uint64_t> seen;
    const Permutation order(size, 7);
    for (std::uint64_t i = 0; i < size; ++i) seen.insert(order(i));
    EXPECT_EQ(seen.size(), size);
    EXPECT_EQ(*seen.rbegin(), size - 1);
  }
}

}  // namespace
}  // namespace tricycle
