// SPDX-License-Identifier: Apache-2.0
//
// Keys of a grid that are expressions in other keys.
#include <nlohmann/json.hpp>

#include "sim/sweep/grid.h"
#include "sim/sweep/point_spec.h"
#include "sim/sweep/points.h"
#include "tests/unit/config_fixture.h"

namespace tricycle {
namespace {

class DerivedKeys : public Config {
 protected:
  static constexpr const char* kAxes = "axes:\n  - systolic_array.cols: [8, 24]\n";

  static Grid grid(const std::string& rest, const std::string& axes = kAxes) {
    write_machine();
    write("p.yaml", "name: p\nchunk: 16\ninput: {synthetic: {ensemble: iid, matrices: 1}}\n");
    write("g.yaml", "name: g\nmachine: hw.yaml\nproblem: p.yaml\n" + axes + rest);
    return load_grid("g.yaml");
  }
  static Lines faults_of_grid(const std::string& rest) {
    return faults_of([&] { grid(rest); });
  }
  static HwConfig machine(const Grid& grid, std::uint64_t point) {
    const Points points(grid);
    return PointSpecs(points).run(points.axis_indices(point)).spec.hw;
  }
};

TEST_F(DerivedKeys, they_follow_axes_other_keys_of_the_machine_and_each_other) {
  const Grid g = grid(
      "derived:\n"
      "  scratchpad.width: max(systolic_array.cols * 2 B, dma.request / 4)\n"
      "  topology.accumulator_to_vector.bytes_per_cycle: 4 * systolic_array.cols\n"
      "  scratchpad.interleave: 2 * scratchpad.width\n"
      "  dma.requests_in_flight: ceil(dram.bandwidth * dram.latency / dma.request)\n"
      "  problem.chunk: min(64, 2 * systolic_array.cols)\n");
  for (const auto& [point, cols, width] : {std::tuple{0, 8, 16}, std::tuple{1, 24, 48}}) {
    const HwConfig hw = machine(g, static_cast<std::uint64_t>(point));
    EXPECT_EQ(hw.systolic_array.cols, cols);
    EXPECT_EQ(hw.accumulator_to_vector.bytes_per_cycle, 4.0 * cols);
    EXPECT_EQ(hw.scratchpad.width_bytes, width);
    EXPECT_EQ(hw.scratchpad.interleave_bytes, 2 * width);
    EXPECT_EQ(hw.dma.requests_in_flight, 20);  // 12.8 GB/s x 100 ns / 64 B
    const Points points(g);
    const auto run = PointSpecs(points).run(points.axis_indices(static_cast<std::uint64_t>(point)));
    EXPECT_EQ(run.spec.problem.chunk, 2 * cols);
  }
}

TEST_F(DerivedKeys, they_stand_in_the_row_and_constraints_may_name_them) {
  const Grid g = grid(
      "derived: {scratchpad.width: 2 * systolic_array.cols}\n"
      "constraints: [scratchpad.width > 16]\n");
  const Points points(g);
  EXPECT_EQ(points.count(), 1U);
  EXPECT_EQ(g.axis_names(), (Lines{"systolic_array.cols", "scratchpad.width"}));
  const auto axes = nlohmann::json::parse(PointSpecs(points).axes(points.axis_indices(1)));
  EXPECT_EQ(axes, (nlohmann::json{{"systolic_array.cols", 24}, {"scratchpad.width", 48}}));
}

TEST_F(DerivedKeys, a_value_a_key_cannot_have_fails_its_point_alone) {
  const Grid g = grid("derived: {scratchpad.width: systolic_array.cols * 3 / 16}\n");
  EXPECT_EQ(faults_of([&] { machine(g, 0); }),
            Lines{"derived scratchpad.width = systolic_array.cols * 3 / 16: expected bytes in [1, "
                  "65536] (4096, \"512 B\", \"256 KiB\", \"8 MiB\", \"1 GiB\"), got 1.5"});
  EXPECT_EQ(faults_of([&] { machine(g, 1); }).size(), 1U);  // 4.5
  const Grid zero = grid("derived: {scratchpad.width: 64 / (systolic_array.cols - 8)}\n");
  EXPECT_TRUE(faults_of([&] { machine(zero, 0); })[0].ends_with("got a division by zero"));
  EXPECT_EQ(machine(zero, 1).scratchpad.width_bytes, 4);
  const Points points(zero);
  EXPECT_TRUE(
      nlohmann::json::parse(PointSpecs(points).axes(points.axis_indices(0)))["scratchpad.width"]
          .is_null());
}

TEST_F(DerivedKeys, every_fault_is_told_with_place_and_remedy) {
  const auto starts = [](const Lines& lines, const std::string& text) {
    ASSERT_EQ(lines.size(), 1U) << text;
    EXPECT_TRUE(lines[0].starts_with("g.yaml:6:") && lines[0].find(text) != std::string::npos)
        << lines[0];
  };
  starts(faults_of_grid("derived: [1]\n"), "derived: expected a map, as systolic_array.cols: 2");
  starts(faults_of_grid("derived: {scratchpad.widht: 1}\n"),
         "derived.scratchpad.widht: unknown key (did you mean \"scratchpad.width\"?)");
  starts(faults_of_grid("derived: {scratchpad.width: 1 GHz}\n"), "expected B, got another unit");
  starts(faults_of_grid("derived: {scratchpad.width: 2 * scratchpad.wdith}\n"),
         "scratchpad.wdith: unknown key (did you mean");
  starts(faults_of_grid("derived: {scratchpad.width: format}\n"), "expected a number, got format");
  starts(faults_of_grid("derived: {systolic_array.cols: 8}\n"), "an axis sets it as well");
  starts(faults_of_grid("derived: {systolic_array.dataflow: ws}\n"), "that is a number");
  starts(faults_of_grid("derived: {scratchpad.width: algorithm.block}\n"), "a parameter of some");
  starts(faults_of_grid("derived: {scratchpad.width: [8]}\n"), "expected an expression");
  starts(faults_of_grid("derived: {scratchpad.width: max(1}\n"), "expected \",\" or \")\"");
  starts(faults_of_grid("derived: {scratchpad.width: scratchpad.interleave, scratchpad.interleave: "
                        "2 * scratchpad.banks, scratchpad.banks: scratchpad.width / 1 B}\n"),
         "expected keys that do not need each other, got scratchpad.width -> "
         "scratchpad.interleave -> scratchpad.banks -> scratchpad.width");
}

}  // namespace
}  // namespace tricycle
