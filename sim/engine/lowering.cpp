// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/error.h"
#include "models/isa/way.h"
#include "sim/engine/cycle_bound.h"
#include "sim/units/npu.h"
#include "workloads/gemm.h"
#include "workloads/matrix_formats.h"
#include "workloads/tiling.h"

namespace tricycle {

namespace {

// Beyond this, the shorter start that strips give does not matter against the length of the whole.
constexpr std::int64_t kMostStripProducts = 4096;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

namespace {

/// How linear terms are added: those of the machine, or the one that is fixed.
std::vector<LinearTerms> linear_terms(const HwConfig& hw, Format format, const Cut& fixed) {
  if (!fixed.linear_terms) return linear_terms_on(hw, format);
  check_linear_terms(hw, format, *fixed.linear_terms);
  return {*fixed.linear_terms};
}

/// All ways to cut a chunk that a lowering supports, with the usual linear terms first.
std::vector<Cut> all_cuts(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                          int chunk, Format format, const HwConfig& hw, const Cut& fixed) {
  const std::vector<int> edges =
      tile_edges(hw, format, matrix_formats(parameters, format, hw), chunk);
  std::vector<Cut> all;
  const auto tiles = [&](LinearTerms terms, std::optional<int> accumulators) {
    for (const int tile : edges) {
      const Cut cut{.tile = tile, .linear_terms = terms, .accumulators = accumulators};
      if (!algorithm.merges_pairs) {
        all.push_back(cut);
        continue;
      }
      for (int group = 2; group == 2 || (group <= tile && group <= chunk); group *= 2) {
        all.push_back(cut);
        all.back().merge_group = group;
      }
    }
  };
  for (const LinearTerms terms : linear_terms(hw, format, fixed)) {
    tiles(terms, std::nullopt);
    if (terms == LinearTerms::kProducts) tiles(terms, 2);
  }
  return all;
}

/// The text "one of 8, 16, 32": the values that a part of the cuts can have.
std::string values_of(const std::vector<Cut>& cuts, std::optional<int> Cut::*part) {
  std::set<int> values;
  for (const Cut& cut : cuts)
    if (cut.*part) values.insert((cut.*part).value());
  return fmt::format("{}{}", values.size() > 1 ? "one of " : "", fmt::join(values, ", "));
}

/// The ways among them that agree with `fixed`.
std::vector<Cut> cuts(const Algorithm& algorithm, const AlgorithmParameters& parameters, int chunk,
                      Format format, const HwConfig& hw, const Cut& fixed) {
  std::vector<Cut> all = all_cuts(algorithm, parameters, chunk, format, hw, fixed);
  if (fixed.merge_group && !algorithm.merges_pairs)
    throw InputError(
        fmt::format("cut.merge_group: {} merges no pairs of small blocks; leave --merge-group out",
                    algorithm.name));
  const auto keep = [&](std::optional<int> Cut::*part, std::string_view name,
                        const std::string& of) {
    if (!(fixed.*part)) return;
    std::vector<Cut> kept;
    for (const Cut& cut : all)
      if (cut.*part == fixed.*part) kept.push_back(cut);
    if (kept.empty())
      throw InputError(fmt::format("cut.{}: expected {} for {}, got {}", name, values_of(all, part),
                                   of, (fixed.*part).value()));
    all = std::move(kept);
  };
  const std::string chunks = fmt::format("chunks of {} in {} on {}", chunk, name(format), hw.name);
  keep(&Cut::tile, "tile", chunks);
  keep(&Cut::merge_group, "merge_group",
       fixed.tile ? fmt::format("tiles of {}, {}", *fixed.tile, chunks) : chunks);
  return all;
}

/// The text "tile 16 group 4 terms vector".
std::string cut_text(const Cut& cut, bool says_terms) {
  std::string text = fmt::format("tile {}", cut.tile.value());
  if (cut.merge_group) text += fmt::format(" group {}", *cut.merge_group);
  if (says_terms) text += fmt::format(" terms {}", name(*cut.linear_terms));
  if (cut.accumulators) text += fmt::format(" accumulators {}", *cut.accumulators);
  return text;
}

/// The programs of the cuts, each program once.  Ways to add linear terms that this algorithm does
/// not take, or that do not fit, are left out where others do.
std::vector<CutProgram> programs_of(const Algorithm& algorithm,
                                    const AlgorithmParameters& parameters, int chunk, Format format,
                                    const HwConfig& hw, const Cut& fixed) {
  const std::vector<Cut> all = cuts(algorithm, parameters, chunk, format, hw, fixed);
  std::vector<CutProgram> programs;
  std::vector<Cut> kept;
  for (const Cut& cut : all) {
    try {
      Program program = lower(algorithm, parameters, chunk, format, hw, cut);
      const bool known = cut.linear_terms != all.front().linear_terms &&
                         std::any_of(programs.begin(), programs.end(),
                                     [&](const CutProgram& p) { return p.program == program; });
      if (known) continue;
      programs.push_back({std::move(program), "", *cut.linear_terms});
      kept.push_back(cut);
    } catch (const InputError&) {
      if (cut.linear_terms == all.front().linear_terms) throw;
    }
  }
  const bool says_terms =
      fixed.linear_terms || kept.front().linear_terms != kept.back().linear_terms;
  for (std::size_t i = 0; i < kept.size(); ++i) programs[i].cut = cut_text(kept[i], says_terms);
  return programs;
}

}  // namespace

Program lower_published(std::string_view algorithm, int chunk, Format format, const HwConfig& hw) {
  const Algorithm& row = find_algorithm(algorithm);
  return lower_fastest(row, resolve_parameters(row, chunk, {}), chunk, format, hw).program;
}

double least_cost_per_chunk(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                            int chunk, Format format, const HwConfig& hw, const ItemCost& cost,
                            const Cut& fixed) {
  check_format(hw, format);
  double least = std::numeric_limits<double>::infinity();
  for (const CutProgram& of_cut : programs_of(algorithm, parameters, chunk, format, hw, fixed)) {
    const Program& program = of_cut.program;
    if (has_exits(program)) {
      // Items may take several ways: of each resource they need at least the least of any way.
      std::vector<Program> straight;
      ItemBounds bounds;
      for (const Way& way : possible_ways(program)) {
        straight.push_back(along(program, way).program);
        const ItemBounds of_way = item_bounds(straight.back(), hw);
        if (straight.size() == 1) bounds = of_way;
        for (std::size_t r = 0; r < kResourceCount; ++r)
          bounds.cycles[r] = std::min(bounds.cycles[r], of_way.cycles[r]);
        bounds.mean_latency_cycles =
            std::min(bounds.mean_latency_cycles, of_way.mean_latency_cycles);
      }
      const double cycles = bounds.least_with(hw.cores * items_in_flight(program, hw));
      for (const Program& way : straight) least = std::min(least, cost(way, cycles));
      continue;
    }
    // With the most items in flight, since fewer take no fewer cycles.
    const double cycles =
        item_bounds(program, hw).least_with(hw.cores * items_in_flight(program, hw));
    least = std::min(least, cost(program, cycles));
  }
  return least;
}

TimedProgram lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                           int chunk, Format format, const HwConfig& hw, const Cut& fixed,
                           const WaysOf& ways_of) {
  check_format(hw, format);
  std::vector<CutProgram> programs = programs_of(algorithm, parameters, chunk, format, hw, fixed);
  std::map<LinearTerms, ItemWays> ways;
  if (ways_of)
    for (CutProgram& p : programs) {
      if (!has_exits(p.program)) continue;
      const auto [known, is_new] = ways.try_emplace(p.linear_terms);
      if (is_new) known->second = in_least_period(ways_of(p.program));
      p.program.items = known->second;
    }
  return best_cut(std::move(programs), hw);
}

Program lower_fastest_gemm(const HwConfig& hw, Format format, int m, int n, int k,
                           std::optional<Format> weights) {
  Program panels = lower_gemm(hw, format, m, n, k, GemmGrain::kPanel, {.format = weights});
  const std::int64_t products =
      ceil_div(m, hw.systolic_array.rows) * ceil_div(n, hw.systolic_array.cols);
  if (products > kMostStripProducts) return panels;
  Program strips = lower_gemm(hw, format, m, n, k, GemmGrain::kStrip, {.format = weights});
  const auto cycles = [&](const Program& p) { return simulate(p, hw, 1, nullptr).total_cycles; };
  return cycles(strips) < cycles(panels) ? std::move(strips) : std::move(panels);
}

}  // namespace tricycle
