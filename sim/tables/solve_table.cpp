// SPDX-License-Identifier: Apache-2.0
//
// What hardware for forward substitution would gain and cost.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"

namespace tricycle {

namespace {

constexpr std::string_view kSolveMachines[] = {"hexagon_like", "ascend_910b_like", "tpu_v5e_like",
                                               "amd_xdna2_like", "edge_16x16"};
constexpr std::string_view kWithoutSolveUnit[] = {"forward_substitution", "neumann_masked",
                                                  "block_doubling",       "column_sweep",
                                                  "blocked_substitution", "block_elimination"};

HwConfig machine_with(std::string_view name, const std::vector<std::string>& settings) {
  return load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", name)), settings);
}

std::vector<std::string> cells_of(const RunResult& r, double area_before) {
  const RunCost& cost = *r.cost;
  const double area = cost.area.total().nominal;
  return {
      r.machine,
      fmt::format("{} {}", r.algorithm, r.parameters),
      fmt::format("{:.0f}", r.cycles_per_chunk),
      std::to_string(r.latency_cycles()),
      fmt::format("{:.0f}", cost.chunk.total().nominal / 1e3),
      fmt::format("{:.0f} .. {:.0f}", cost.chunk.total().low / 1e3, cost.chunk.total().high / 1e3),
      fmt::format("{:.4g}", area),
      fmt::format("{:+.1f}", 100 * (area / area_before - 1))};
}

}  // namespace

std::string solve_rows() {
  const PreparedProblem problem = shipped_problem("gdn_lm_c64");
  std::vector<std::vector<std::string>> cells;
  for (const std::string_view name : kSolveMachines) {
    const HwConfig plain = machine_with(name, {});
    const double area = area_mm2(plain).total().nominal;
    for (const std::string_view algorithm : kWithoutSolveUnit)
      cells.push_back(
          cells_of(run(plain, problem, find_algorithm(algorithm), {}, Format::kFp16), area));
    for (const int rows : {16, 32, 64}) {
      const HwConfig with = machine_with(
          name, {fmt::format("solve_unit.rows={}", rows), "solve_unit.bits=16",
                 "solve_unit.pe_latency=4 cycles", "solve_unit.boundary_latency=4 cycles"});
      const AlgorithmOptions options = parse_algorithm_options({fmt::format("block={}", rows)});
      cells.push_back(
          cells_of(run(with, problem, find_algorithm("solve_unit"), options, Format::kFp16), area));
    }
  }
  return markdown_table({{"machine", "", false},
                         {"method", "", false},
                         {"cycles per chunk", ""},
                         {"latency", ""},
                         {"nJ per chunk", ""},
                         {"published figures", ""},
                         {"machine, mm2", ""},
                         {"more area, %", ""}},
                        cells);
}

}  // namespace tricycle
