// SPDX-License-Identifier: Apache-2.0
//
// The loss of the language model of workloads/data/gdn_lm when it uses the paper's inverse.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "reports/text_table.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"
#include "workloads/language_model/chunk_inverses.h"
#include "workloads/language_model/language_model.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

constexpr std::int64_t kBytes = 4096, kTokens = 64;

/// The model, its text, and how many threads the host offers; figures do not depend on those.
struct LossBench {
  LanguageModel model = load_language_model(shipped("workloads/data/gdn_lm"));
  std::vector<std::uint8_t> text = read_bytes(shipped("workloads/data/gdn_lm/acts.txt"));
  int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));

  std::string bits(const ChunkInverse& inverse) const {
    const double bits =
        bits_per_byte(negative_log_likelihoods(model, text, kBytes, {kTokens, inverse}, threads));
    return std::isfinite(bits) ? fmt::format("{:.5f}", bits) : "NaN";
  }
};

/// Perplexity of Qwen3.5-4B by N = 3, 4, 5, 6 (arXiv 2606.06034).
struct LossRow {
  int steps;
  std::string_view published;
};
constexpr LossRow kStepRows[] = {{1, "NaN, NaN, NaN, -"},        {2, "-"},
                                 {4, "NaN, 169, 61, 145"},       {6, "-"},
                                 {8, "8.98, 9.54, 66.0, 117.8"}, {12, "-"}};

}  // namespace

std::string loss_rows() {
  const LossBench bench;
  const Algorithm& method = find_algorithm("neumann_masked");
  std::vector<TextColumn> columns{{"S", ""}, {"published perplexity, N = 3, 4, 5, 6", ""}};
  for (int order = 3; order <= 6; ++order) columns.push_back({fmt::format("N = {}", order), ""});
  std::vector<std::vector<std::string>> cells;
  for (const LossRow& row : kStepRows) {
    cells.push_back({std::to_string(row.steps), std::string(row.published)});
    for (int order = 3; order <= 6; ++order)
      cells.back().push_back(bench.bits(algorithm_inverse(
          method, neumann_options(order, row.steps), Format::kFp16, reference_machine(), kTokens)));
  }
  return markdown_table(columns, cells) +
         fmt::format("\nWith the exact inverse: {}.\n", bench.bits(exact_inverse()));
}

}  // namespace tricycle
