// SPDX-License-Identifier: Apache-2.0
//
// Published figures about whole layers, and about the stages of the chunked delta rule.
#include <fmt/format.h>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/engine/layer.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"

namespace tricycle {

namespace {

/// The paper names neither model nor tokens: two of the models whose perplexity it reports, at the
/// tokens of the shipped problems.  The machine's free constants are fitted to one chunk alone, so
/// the inversion runs one chunk at a time, and once as everything else does.
struct PaperLayer {
  std::string_view problem;
  std::int64_t solve_in_flight;
};
constexpr PaperLayer kPaperLayers[] = {{"qwen3_5_0_8b", 1}, {"qwen3_5_4b", 1}, {"qwen3_5_0_8b", 4}};

double layer_figure(const PublishedTable& table, std::size_t row, const LayerCycles& cycles) {
  const std::string& figure = table.text(row, "figure");
  const LayerCycles::Inversion &before = cycles.inversions.front(),
                               &after = cycles.inversions.back();
  if (figure == "before") return 100 * cycles.share(before);
  if (figure == "after") return 100 * cycles.share(after);
  if (figure == "saved") return 100 * cycles.saved(after);
  table.refuse(row, "figure", "before, after or saved");
}

/// The stages of one row's workload on the cores of its machine.
std::vector<StageCycles> delta_stages(const PublishedTable& table, std::size_t row) {
  HwConfig hw = machine_of(table, row);
  hw.cores = table.integer(row, "cores");
  const int chunk = table.integer(row, "chunk");
  const std::int64_t chunks = table.integer(row, "tokens") / chunk,
                     heads = std::int64_t{table.integer(row, "heads")} *
                             table.integer(row, "sequences");
  const RoundingMode& mode = find_rounding_mode(table.text(row, "mode"));
  const Algorithm& algorithm = find_algorithm(table.text(row, "algorithm"));
  const std::string& given = table.text(row, "parameters");
  // The published kernels of one row alone add their linear terms on the cube.
  const bool by_products = given == "linear_terms=products";
  const Cut cut{.linear_terms = by_products ? LinearTerms::kProducts : LinearTerms::kVector};
  const AlgorithmOptions options = parse_algorithm_options(
      given.empty() || by_products ? std::vector<std::string>{} : std::vector<std::string>{given});
  const DeltaShape shape{chunk, 128, 128, 1};
  HwConfig one_core = hw;  // on which the fastest cut of the inversion is chosen
  one_core.cores = 1;
  std::vector<StageCycles> out;
  const auto add = [&](const char* name, const Program& program, std::int64_t items) {
    out.push_back({name, "", items, cycles_of_items(program, hw, items), "", 0, 0, "", {}});
  };
  add("kkt", lower_kkt(hw, shape, mode), heads * chunks);
  add("solve",
      lower_fastest(algorithm, resolve_parameters(algorithm, chunk, options), chunk,
                    format_of(table, row), one_core, cut)
          .program,
      heads * chunks);
  add("wy", lower_wy(hw, shape, mode), heads * chunks);
  add("h", lower_state(hw, shape, mode, DeltaForm::kUt, static_cast<int>(chunks)), heads);
  add("o", lower_output(hw, shape, mode), heads * chunks);
  return out;
}

std::string workload(const PublishedTable& table, std::size_t row) {
  return fmt::format("{}, chunk {}, {} x {} tokens, {} heads", table.text(row, "source"),
                     table.integer(row, "chunk"), table.integer(row, "sequences"),
                     table.integer(row, "tokens"), table.integer(row, "heads"));
}

}  // namespace

std::vector<ValidationRow> layer_share_rows(const std::string& folder) {
  const PublishedTable table(folder + "/layer_shares.csv");
  const HwConfig hw = load_hw_config(shipped("hwconfigs/hexagon_v79_like.yaml"));
  std::vector<ValidationRow> out;
  for (const PaperLayer& layer : kPaperLayers) {
    const LayerChoice choice{&find_rounding_mode("llamacpp_fp16"), DeltaForm::kUt,
                             layer.solve_in_flight, false};
    Problem problem = load_layer(shipped(fmt::format("workloads/problems/{}.yaml", layer.problem)));
    LayerCycles cycles;
    int measured = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const int chunk = table.integer(i, "chunk");
      if (chunk != measured) {
        problem.chunk = measured = chunk;
        cycles = layer_cycles(
            hw, problem, choice,
            {&find_algorithm("forward_substitution"), &find_algorithm(table.text(i, "algorithm"))},
            {}, Format::kInt16);
      }
      out.push_back({fmt::format("{}, {} in flight, chunk {}, {}", layer.problem,
                                 layer.solve_in_flight, chunk, table.text(i, "figure")),
                     table.number(i, "published"), layer_figure(table, i, cycles), table.use(i),
                     table.text(i, "source")});
    }
  }
  return out;
}

std::vector<ValidationRow> delta_stage_rows(const std::string& folder) {
  const PublishedTable table(folder + "/delta_stages_ms.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double cycles_per_ms = machine_of(table, i).clock_ghz * 1e6;
    for (const StageCycles& stage : delta_stages(table, i))
      out.push_back({fmt::format("{}, {}", workload(table, i), stage.name),
                     table.number(i, stage.name), stage.cycles / cycles_per_ms, table.use(i),
                     table.text(i, "source")});
  }
  return out;
}

std::vector<ValidationRow> solve_share_rows(const std::string& folder) {
  const PublishedTable table(folder + "/delta_stages_ms.csv");
  std::vector<ValidationRow> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    double all = 0, published = 0, solve = 0;
    for (const StageCycles& stage : delta_stages(table, i)) {
      all += stage.cycles;
      published += table.number(i, stage.name);
      if (stage.name == kSolveStage) solve = stage.cycles;
    }
    out.push_back({workload(table, i), 100 * table.number(i, kSolveStage) / published,
                   100 * solve / all, table.use(i), table.text(i, "source")});
  }
  return out;
}

}  // namespace tricycle
