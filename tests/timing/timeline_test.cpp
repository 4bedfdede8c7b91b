// SPDX-License-Identifier: Apache-2.0
#include "reports/timeline.h"

#include <gtest/gtest.h>

#include "sim/config/load_hw.h"
#include "sim/engine/run.h"

namespace tricycle {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Timeline, has_a_row_for_every_server_and_slot_and_keeps_to_the_width) {
  // Four vector units, two queues, four chunks in flight.
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/hexagon_like.yaml", {});
  Problem problem;
  problem.chunk = 64;
  problem.ensemble = "correlated";
  problem.matrices = 6;
  RunTrace trace{.item_limit = 6, .program = {}, .executions = {}, .stalls = {}, .items = {}};
  const RunResult result = run(hw, prepare(problem), find_algorithm("neumann_masked"), {},
                               Format::kFp16, Fidelity::kTile, &trace);
  for (const std::int64_t width : {40, 100, 237}) {
    const std::vector<std::string> lines = lines_of(timeline(result, trace, width));
    std::vector<std::string> labels;
    std::size_t longest = 0;
    for (std::size_t i = 2; i < lines.size() - 3; ++i) {
      labels.push_back(lines[i].substr(0, lines[i].find(' ')));
      longest = std::max(longest, lines[i].size());
    }
    EXPECT_EQ(labels,
              (std::vector<std::string>{"matrix0", "vector0", "vector1", "vector2", "vector3",
                                        "dma0", "dma1", "slot0", "slot1", "slot2", "slot3"}));
    EXPECT_EQ(longest, static_cast<std::size_t>(width));
    EXPECT_LE(lines[lines.size() - 2].size(), static_cast<std::size_t>(width));
  }
}

TEST(Timeline, paints_what_most_of_a_column_went_to) {
  // A column a cycle: nine characters of label, then 20 cycles.
  RunResult r;
  r.many.in_flight = 1;
  r.many.units[0].servers = 1;
  r.many.units[1].servers = r.many.units[2].servers = r.many.units[3].servers = 0;
  RunTrace trace;
  trace.program.instructions.resize(1);
  trace.program.instructions[0].operation = Matmul{};
  const ServerId array{Unit::kMatrix, 0};
  trace.stalls.push_back({array, StallCause::kToken, 0, 0, 0, 4});
  trace.executions.resize(1);
  trace.executions[0].server = array;
  trace.executions[0].started = trace.executions[0].begin = 4;
  trace.executions[0].end = 10;
  trace.items.push_back({0, 0, 0, 20});
  EXPECT_EQ(lines_of(timeline(r, trace, 29))[2], "matrix0  ....MMMMMM");
  // Two cycles a column: [4, 10) is columns 2, 3, 4; a half-filled column is painted.
  trace.executions[0].end = 9;
  trace.items[0].end = 40;
  EXPECT_EQ(lines_of(timeline(r, trace, 29))[2], "matrix0  ..MMM");
}

}  // namespace
}  // namespace tricycle
