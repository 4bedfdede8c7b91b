// SPDX-License-Identifier: Apache-2.0
//
// What each algorithm survives, in which arithmetic, and what it costs.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"

namespace tricycle {

namespace {

constexpr int kSafetyChunk = 64;
constexpr double kBeyondUse = 0.1;  // as `tricycle validate values` calls an inverse broken
constexpr Format kSafetyFormats[] = {Format::kFp16, Format::kBf16, Format::kInt16, Format::kInt8};

struct TokenSet {
  std::string_view title, problem;
};
constexpr TokenSet kTokenSets[] = {{"random keys", "iid_c64"},
                                   {"gates of Qwen3.5-0.8B", "qwen3_5_gates_c64"},
                                   {"four tokens repeated", "repeated4_c64"},
                                   {"nearly equal keys", "collinear_c64"},
                                   {"cudnn-frontend 1051", "cudnn_1051_c64"}};
constexpr std::string_view kSafetyMachines[] = {"hexagon_like", "ascend_910b_like"};

std::string error_cell(const AccuracySummary& accuracy) {
  if (accuracy.not_finite_chunks > 0) return "**not finite**";
  const double error = accuracy.y_rel_error_max;
  return error > kBeyondUse ? fmt::format("**{:.1e}**", error) : fmt::format("{:.1e}", error);
}

std::string cycles_cell(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                        Format format, const HwConfig& hw) {
  if (!algorithm.runs_on(hw) || !hw.support(format).present) return "-";
  return fmt::format(
      "{:.0f}", lower_fastest(algorithm, parameters, kSafetyChunk, format, hw).cycles_per_item);
}

}  // namespace

std::string safety_rows() {
  std::vector<PreparedProblem> sets;
  std::vector<HwConfig> machines;
  std::vector<TextColumn> columns{{"algorithm", "", false}, {"setting", "", false}};
  for (const TokenSet& set : kTokenSets) {
    sets.push_back(shipped_problem(set.problem));
    columns.push_back({std::string(set.title), ""});
  }
  for (const std::string_view machine : kSafetyMachines) {
    machines.push_back(load_hw_config(shipped(fmt::format("hwconfigs/{}.yaml", machine))));
    columns.push_back({fmt::format("cycles, {}", machine), ""});
  }
  std::string text;
  for (const Format format : kSafetyFormats) {
    std::vector<std::vector<std::string>> cells;
    for (const Algorithm& algorithm : algorithms()) {
      if (!algorithm.takes(format)) continue;
      const AlgorithmParameters parameters = resolve_parameters(algorithm, kSafetyChunk, {});
      cells.push_back({fmt::format("`{}`", algorithm.name), to_text(algorithm, parameters)});
      for (const PreparedProblem& set : sets)
        cells.back().push_back(error_cell(accuracy_of(set, algorithm, {}, format)));
      for (const HwConfig& hw : machines)
        cells.back().push_back(cycles_cell(algorithm, parameters, format, hw));
    }
    text += fmt::format("{}{}:\n\n{}", text.empty() ? "" : "\n", name(format),
                        markdown_table(columns, cells));
  }
  return text;
}

}  // namespace tricycle
