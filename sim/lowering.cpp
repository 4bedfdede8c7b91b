// SPDX-License-Identifier: Apache-2.0
#include "sim/lowering.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "models/error.h"
#include "sim/cycle_bound.h"
#include "sim/units/npu.h"
#include "workloads/gemm.h"
#include "workloads/tiling.h"

namespace tricycle {

namespace {

// Beyond, the start that strips make shorter is lost in the length of the whole.
constexpr std::int64_t kMostStripProducts = 4096;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

namespace {

/// Every way to cut a chunk that a lowering can take.
std::vector<Cut> cuts(const Algorithm& algorithm, int chunk, Format format, const HwConfig& hw) {
  std::vector<Cut> all;
  for (const int tile : tile_edges(hw, format, chunk)) {
    if (!algorithm.merges_pairs) {
      all.push_back({.tile = tile});
      continue;
    }
    for (int group = 2; group == 2 || (group <= tile && group <= chunk); group *= 2)
      all.push_back({.tile = tile, .merge_group = group});
  }
  return all;
}

/// A program that may be the fastest.
struct Candidate {
  Program program;
  double least_cycles = 0;
  std::size_t place = 0;  // among the cuts
};

}  // namespace

Program lower_published(std::string_view algorithm, int chunk, Format format, const HwConfig& hw) {
  const Algorithm& row = find_algorithm(algorithm);
  return lower_fastest(row, resolve_parameters(row, chunk, {}), chunk, format, hw).program;
}

double least_cost_per_chunk(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                            int chunk, Format format, const HwConfig& hw, const ItemCost& cost) {
  check_format(hw, format);
  double least = std::numeric_limits<double>::infinity();
  for (const Cut& cut : cuts(algorithm, chunk, format, hw)) {
    const Program program = lower(algorithm, parameters, chunk, format, hw, cut);
    least = std::min(least, cost(program, least_cycles_per_item(program, hw)));
  }
  return least;
}

TimedProgram lower_fastest(const Algorithm& algorithm, const AlgorithmParameters& parameters,
                           int chunk, Format format, const HwConfig& hw) {
  check_format(hw, format);
  std::vector<Candidate> candidates;
  for (const Cut& cut : cuts(algorithm, chunk, format, hw)) {
    Candidate c{lower(algorithm, parameters, chunk, format, hw, cut), 0, candidates.size()};
    c.least_cycles = least_cycles_per_item(c.program, hw);
    candidates.push_back(std::move(c));
  }
  // The most promising first, so that most others need no simulation.
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.least_cycles, a.place) < std::tie(b.least_cycles, b.place);
  });
  const auto rank = [](const Candidate& c, double cycles) {
    return std::tuple(cycles, c.program.instructions.size(), c.place);
  };
  const Candidate* best = nullptr;
  double best_cycles = 0;
  for (const Candidate& candidate : candidates) {
    if (best != nullptr && candidate.least_cycles > best_cycles) break;
    const double cycles = steady_cycles_per_item(
        candidate.program, hw,
        best == nullptr ? std::numeric_limits<double>::infinity() : best_cycles);
    if (best != nullptr && rank(candidate, cycles) > rank(*best, best_cycles)) continue;
    best = &candidate;
    best_cycles = cycles;
  }
  return {best->program, best_cycles};
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
