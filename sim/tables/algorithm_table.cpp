// SPDX-License-Identifier: Apache-2.0
//
// Every algorithm at its published setting: what it costs and how well it inverts.
#include <fmt/format.h>

#include <algorithm>

#include "models/isa/depth.h"
#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/engine/cycle_bound.h"
#include "sim/engine/item_ways.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"
#include "sim/units/npu.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

constexpr int kChunk = 64;
constexpr Format kFormat = Format::kFp16;
constexpr std::string_view kMachines[] = {"hexagon_like", "ascend_910b_like", "tpu_v5e_like"};
/// Correlated keys, identical keys, a loop of four tokens, entries that are all 1.
constexpr std::string_view kHardProblems[] = {"correlated_c64", "identical_keys_c64",
                                              "hard_loop4_c64", "all_ones_c64"};

std::string worst(const Algorithm& algorithm, const std::vector<PreparedProblem>& problems) {
  double snr = kSnrCapDb;
  for (const PreparedProblem& problem : problems) {
    const AccuracySummary accuracy = accuracy_of(problem, algorithm, {}, kFormat);
    if (accuracy.not_finite_chunks > 0) return "not finite";
    snr = std::min(snr, accuracy.y_snr_db_worst);
  }
  return fmt::format("{:.1f}", snr);
}

}  // namespace

std::string algorithm_rows() {
  const std::vector<PreparedProblem> real{shipped_problem("gdn_lm_c64")};
  std::vector<PreparedProblem> hard;
  for (const std::string_view problem : kHardProblems) hard.push_back(shipped_problem(problem));
  const HwConfig reference = reference_machine();
  std::vector<HwConfig> machines;
  std::vector<TextColumn> columns{
      {"algorithm", "", false}, {"source", "", false}, {"setting", "", false},
      {"products", ""},         {"depth", ""},         {"SNR of Y, real", ""},
      {"SNR of Y, hard", ""}};
  for (const std::string_view machine : kMachines) {
    machines.push_back(load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", machine))));
    columns.push_back({fmt::format("cycles, {}", machine), ""});
  }
  std::vector<std::vector<std::string>> cells;
  for (const Algorithm& algorithm : algorithms()) {
    const AlgorithmParameters parameters = resolve_parameters(algorithm, kChunk, {});
    // Whole matrices: what the algorithm asks for, before a machine cuts it.
    const Program program = slowest_alone(lower(algorithm, parameters, kChunk, kFormat, reference,
                                                {.tile = kChunk, .merge_group = kChunk}),
                                          reference);
    cells.push_back({fmt::format("`{}`", algorithm.name), std::string(algorithm.source),
                     to_text(algorithm, parameters), std::to_string(program.matmul_count),
                     std::to_string(dependent_steps(program)), worst(algorithm, real),
                     worst(algorithm, hard)});
    for (const HwConfig& hw : machines)
      cells.back().push_back(
          algorithm.runs_on(hw)
              ? fmt::format("{:.0f}", lower_fastest(algorithm, parameters, kChunk, kFormat, hw, {},
                                                    [&](const Program& p) {
                                                      return ways_of(hw, real.front(), p);
                                                    })
                                          .cycles_per_item)
              : "-");
  }
  return markdown_table(columns, cells);
}

}  // namespace tricycle
