// SPDX-License-Identifier: Apache-2.0
//
// What ends every run and every simulation: a figure that cannot be is named, with its bound.
#include "reports/invariants.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/lowering.h"
#include "sim/engine/run.h"
#include "sim/units/npu.h"
#include "tests/problems.h"

namespace tricycle {
namespace {

/// What no command asks for on its own ends in the same checks.
TEST(Invariants, are_checked_in_every_simulation) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml");
  const Program program = lower_published("block_doubling", 16, Format::kFp16, hw);
  // Of a machine with a 64th of the bandwidth: its bytes come faster than they could.
  HwConfig slow = hw;
  slow.dram.bandwidth_gbps /= 64;
  const SimulationResult r = simulate(program, hw, 8, nullptr);
  EXPECT_THROW(check_figures(slow, r, item_bounds(program, slow).cycles, 0), InternalError);
  // As the simulation itself was, it passes.
  check_figures(hw, r, item_bounds(program, hw).cycles, cycles_at_peak(hw, program));
}

TEST(Invariants, name_value_bound_and_how_to_report) {
  try {
    check_part("mac_utilization", 1.33, 1);
    FAIL();
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(),
                 "internal: mac_utilization is 1.33, expected at least 0 and at most 1; this is a "
                 "fault of tricycle, and no figure of this run can be trusted: report the command, "
                 "its files and `tricycle --version` (CONTRIBUTING.md)");
  }
}

TEST(Invariants, name_the_figure_that_cannot_be) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml");
  const RunResult good =
      run(hw, testing::problem_of(16, 4), find_algorithm("neumann_masked"), {}, Format::kFp16);
  check_figures(hw, good);
  const auto fault = [&](const std::function<void(RunResult&)>& change) {
    RunResult r = good;
    change(r);
    try {
      check_figures(hw, r);
    } catch (const RunError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  const auto expect = [&](const std::string& figure,
                          const std::function<void(RunResult&)>& change) {
    const std::string text = fault(change);
    EXPECT_NE(text.find("internal: "), std::string::npos) << text;
    EXPECT_NE(text.find(figure), std::string::npos) << text;
    EXPECT_NE(text.find("report the command"), std::string::npos) << text;
  };
  expect("lower_bound_cycles", [](RunResult& r) { r.cycles_per_chunk /= 100; });
  expect("busy cycles of vector", [](RunResult& r) { r.many.units[1].busy = 1'000'000'000; });
  expect("busy cycles of matrix", [](RunResult& r) { r.many.units[0].busy = -1; });
  expect("macs at the peak", [](RunResult& r) { r.peak_macs_per_cycle /= 1000; });
  expect("useful_macs", [](RunResult& r) { r.many.useful_macs = r.many.macs + 1; });
  expect("dram_bytes", [](RunResult& r) { r.many.dram_bytes *= 1000; });
  expect("critical path", [](RunResult& r) { ++r.critical_path.instructions[0]; });
  expect("shortest_latency", [](RunResult& r) { r.shortest_latency_cycles = 1'000'000; });
  expect("mapped", [](RunResult& r) { r.many.mapped_cycles = std::nan(""); });
  expect("energy_pj", [](RunResult& r) { r.cost->run.parts[0].nominal = -1; });
}

}  // namespace
}  // namespace tricycle
