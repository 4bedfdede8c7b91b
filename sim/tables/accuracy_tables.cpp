// SPDX-License-Identifier: Apache-2.0
//
// Accuracy of the inverse by chunk size, and by which parts of the paper's method are in use.
#include <fmt/format.h>

#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"
#include "sim/units/npu.h"
#include "sim/validate/groups.h"

namespace tricycle {

namespace {

struct AblationRow {
  std::string_view what;
  int order, steps;
  MaskPlacement mask;
  std::string_view published;  // arXiv 2606.06034, its ablation at C = 64, its own real chunks
};
constexpr AblationRow kAblation[] = {
    {"full series by Horner's rule, N = 63", 63, 1, MaskPlacement::kNone,
     "fp64 178.4 / 96.5, fp16 79.5 / -17.9"},
    {"truncated, N = 3", 3, 1, MaskPlacement::kNone, "42.1 / -51.1"},
    {".. and corrected, S = 8", 3, 8, MaskPlacement::kNone, "80.4 / -4.2"},
    {".. and masked, w = 3", 3, 8, MaskPlacement::kFirst, "86.9 / 48.0"},
};

/// One chunk alone, from its first load to its last store, on the part the paper measured.
double latency(const HwConfig& hw, std::string_view algorithm, int chunk) {
  return cycles_alone(lower_published(algorithm, chunk, Format::kInt16, hw), hw);
}

struct ChunkRow {
  int chunk;
  std::string_view problem, algorithm, setting;
  std::string_view published;  // speed-up over forward substitution, arXiv 2606.06034
};
constexpr ChunkRow kChunks[] = {
    {16, "gdn_lm_c16", "neumann_masked", "N = 3, S = 4", "-"},
    {32, "gdn_lm_c32", "neumann_masked", "N = 4, S = 3", "5.2"},
    {64, "gdn_lm_c64", "neumann_masked", "N = 3, S = 8", "4.2"},
    {128, "gdn_lm_c128", "neumann_masked_blockwise", "two blocks of 64, N = 3, S = 8", "4.6"},
};

}  // namespace

std::string ablation_rows() {
  std::vector<TextColumn> columns{{"method", "", false}, {"published", ""}};
  for (const Format format : kTableFormats) columns.push_back({std::string(name(format)), ""});
  std::string text;
  for (const std::string_view name : {"gdn_lm_c64", "correlated_c64"}) {
    const PreparedProblem problem = shipped_problem(name);
    std::vector<std::vector<std::string>> cells;
    for (const AblationRow& row : kAblation) {
      cells.push_back({std::string(row.what), std::string(row.published)});
      for (const Format format : kTableFormats)
        cells.back().push_back(
            mean_and_worst(accuracy_of(problem, find_algorithm("neumann_masked"),
                                       neumann_options(row.order, row.steps, row.mask), format)));
    }
    text += fmt::format("{}`{}`:\n\n{}", text.empty() ? "" : "\n", name,
                        markdown_table(columns, cells));
  }
  return text;
}

std::string chunk_size_rows() {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/hexagon_v79_like.yaml"));
  std::vector<TextColumn> columns{{"chunk", ""}, {"setting", "", false}};
  for (const Format format : kTableFormats)
    columns.push_back({fmt::format("SNR {}", name(format)), ""});
  columns.push_back({"speed-up, published", ""});
  columns.push_back({"here", ""});
  std::vector<std::vector<std::string>> cells;
  for (const ChunkRow& row : kChunks) {
    const PreparedProblem problem = shipped_problem(row.problem);
    cells.push_back({std::to_string(row.chunk), std::string(row.setting)});
    for (const Format format : kTableFormats)
      cells.back().push_back(
          mean_and_worst(accuracy_of(problem, find_algorithm(row.algorithm), {}, format)));
    cells.back().push_back(std::string(row.published));
    cells.back().push_back(fmt::format("{:.2f}", latency(hw, "forward_substitution", row.chunk) /
                                                     latency(hw, row.algorithm, row.chunk)));
  }
  return markdown_table(columns, cells);
}

std::string layer_rows() {
  std::vector<std::vector<std::string>> cells;
  for (const ValidationRow& row : layer_share_rows(shipped("workloads/data/peers")))
    cells.push_back(
        {row.what, fmt::format("{:.1f}", row.published), fmt::format("{:.1f}", row.ours)});
  return markdown_table({{"layer", "", false}, {"published", ""}, {"here", ""}}, cells);
}

}  // namespace tricycle
