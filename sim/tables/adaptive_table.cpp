// SPDX-License-Identifier: Apache-2.0
//
// What `auto` saves, and what its guard costs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/cost/cost.h"
#include "models/isa/way.h"
#include "reports/text_table.h"
#include "sim/config/load_hw.h"
#include "sim/engine/item_ways.h"
#include "sim/engine/lowering.h"
#include "sim/host/shipped_files.h"
#include "sim/tables/measure.h"
#include "sim/tables/tables.h"
#include "workloads/inversion/auto.h"
#include "workloads/reference_machine.h"

namespace tricycle {

namespace {

constexpr int kAutoChunk = 64;
constexpr std::size_t kLockstep = 4;

struct AutoSet {
  std::string_view title, problem;
};
constexpr AutoSet kAutoSets[] = {{"trained model", "gdn_lm_c64"},
                                 {"gates of Qwen3.5-0.8B", "qwen3_5_gates_c64"},
                                 {"gates of Qwen3-Next-80B", "qwen3_next_gates_c64"},
                                 {"nearly equal keys", "collinear_c64"},
                                 {"four tokens repeated", "repeated4_c64"}};

using Groups = std::vector<std::vector<std::size_t>>;

/// The chunks of each head, in order of their tokens.  Their labels end in the place of the chunk.
Groups heads_of(const PreparedProblem& problem) {
  std::map<std::string, std::vector<std::size_t>> heads;
  for (std::size_t i = 0; i < problem.chunks.size(); ++i) {
    const std::string& label = problem.chunks[i].label;
    heads[label.substr(0, label.rfind('.'))].push_back(i);
  }
  Groups groups;
  for (auto& [name, chunks] : heads) groups.push_back(std::move(chunks));
  return groups;
}

/// Each list in pieces of kLockstep.
Groups in_pieces(const Groups& lists) {
  Groups pieces;
  for (const std::vector<std::size_t>& list : lists)
    for (std::size_t i = 0; i < list.size(); i += kLockstep)
      pieces.emplace_back(
          list.begin() + static_cast<std::ptrdiff_t>(i),
          list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), i + kLockstep)));
  return pieces;
}

/// The chunks with the same number of each head.
Groups across(const Groups& heads) {
  std::size_t most = 0;
  for (const auto& head : heads) most = std::max(most, head.size());
  Groups groups(most);
  for (const auto& head : heads)
    for (std::size_t i = 0; i < head.size(); ++i) groups[i].push_back(head[i]);
  return groups;
}

double mean_products_of(Program program, const ItemWays& ways) {
  program.items = ways;
  return mean_products(program);
}

/// The second half of a head's chunks that need more products than any of its first half.
std::string violations(const Program& program, const ItemWays& ways, const Groups& heads) {
  std::size_t later = 0, violated = 0;
  for (const auto& head : heads) {
    std::int64_t most = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
      const std::int64_t products = products_on(program, ways.ways[ways.of_item[head[i]]]);
      if (2 * i < head.size()) {
        most = std::max(most, products);
        continue;
      }
      ++later;
      violated += products > most ? 1 : 0;
    }
  }
  return later == 0 ? "-" : fmt::format("{} of {}", violated, later);
}

/// Chunks whose A is zero once it is stored in fp16.
std::int64_t zero_chunks(const PreparedProblem& problem) {
  constexpr double kLargestZero = 0x1p-25;  // half of the least subnormal, rounded to even

  return std::count_if(problem.chunks.begin(), problem.chunks.end(), [](const ChunkMatrix& chunk) {
    return std::all_of(chunk.a.begin(), chunk.a.end(),
                       [](double a) { return std::abs(a) <= kLargestZero; });
  });
}

std::string products_table(const std::vector<PreparedProblem>& sets) {
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("auto");
  const Program program =
      lower(row, resolve_parameters(row, kAutoChunk, {}), kAutoChunk, Format::kFp16, hw);
  std::vector<std::vector<std::string>> cells;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const PreparedProblem& set = sets[s];
    const ItemWays ways = ways_of(hw, set, program);
    const Groups heads = heads_of(set);
    const auto grouped = [&](const Groups& groups) {
      return fmt::format("{:.2f}", mean_products_of(program, in_lockstep(program, ways, groups)));
    };
    const auto worst = [&](std::string_view algorithm) {
      return fmt::format(
          "{:.1e}", accuracy_of(set, find_algorithm(algorithm), {}, Format::kFp16).rel_error_max);
    };
    cells.push_back({std::string(kAutoSets[s].title), std::to_string(set.chunks.size()),
                     std::to_string(heads.size()), std::to_string(zero_chunks(set)),
                     fmt::format("{:.2f}", mean_products_of(program, ways)),
                     grouped(in_pieces(heads)), grouped(in_pieces(across(heads))), grouped(heads),
                     violations(program, ways, heads), worst("auto"), worst("masked_newton")});
  }
  return markdown_table({{"set", "", false},
                         {"chunks", ""},
                         {"heads", ""},
                         {"A = 0", ""},
                         {"each alone", ""},
                         {"4 of a head", ""},
                         {"4 heads", ""},
                         {"per head", ""},
                         {"violations", ""},
                         {"worst error", ""},
                         {".. of masked_newton", ""}},
                        cells);
}

/// "1816, 21.3 nJ": cycles a chunk in steady state, and its energy.
std::string cost_cell(const HwConfig& hw, const TimedProgram& p) {
  std::string text = fmt::format("{:.0f}", p.cycles_per_item);
  if (hw.cost_model.present)
    text += fmt::format(", {:.3g} nJ",
                        energy_pj(hw, Format::kFp16, activity(p.program, hw), 1, p.cycles_per_item)
                                .total()
                                .nominal /
                            1000);
  return text;
}

std::vector<HwConfig> fp16_machines() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(shipped("hwconfigs")))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  std::vector<HwConfig> machines;
  for (const std::string& file : files) {
    HwConfig hw = load_hw_config(file);
    if (hw.support(Format::kFp16).present && hw.cores == 1) machines.push_back(std::move(hw));
  }
  return machines;
}

std::string cost_table(const PreparedProblem& set) {
  const auto parameters = [](std::string_view algorithm, AutoGuard guard) {
    const Algorithm& row = find_algorithm(algorithm);
    AlgorithmOptions options;
    if (row.has(kGuard.name)) options.set(kGuard, guard);
    return resolve_parameters(row, kAutoChunk, options);
  };
  const Groups pieces = in_pieces(heads_of(set));
  std::vector<std::vector<std::string>> cells;
  for (const HwConfig& hw : fp16_machines()) {
    const auto cost = [&](std::string_view algorithm, AutoGuard guard, bool lockstep) {
      const WaysOf ways = [&](const Program& program) {
        const ItemWays free = ways_of(hw, set, program);
        return lockstep ? in_lockstep(program, free, pieces) : free;
      };
      return cost_cell(hw, lower_fastest(find_algorithm(algorithm), parameters(algorithm, guard),
                                         kAutoChunk, Format::kFp16, hw, {}, ways));
    };
    cells.push_back({hw.name, cost("auto", AutoGuard::kBound, false),
                     cost("auto", AutoGuard::kFrobenius, false),
                     cost("auto", AutoGuard::kFrobenius, true),
                     cost("masked_newton", AutoGuard::kBound, false),
                     cost("block_doubling", AutoGuard::kBound, false)});
  }
  return markdown_table({{"machine", "", false},
                         {"auto", ""},
                         {"auto, frobenius", ""},
                         {".. 4 of a head in lockstep", ""},
                         {"masked_newton", ""},
                         {"block_doubling", ""}},
                        cells);
}

}  // namespace

std::string adaptive_rows() {
  std::vector<PreparedProblem> sets;
  for (const AutoSet& set : kAutoSets) sets.push_back(shipped_problem(set.problem));
  std::string text = "Products:\n\n" + products_table(sets);
  for (const std::size_t s : {0U, 2U})
    text += fmt::format("\nCycles and energy of a chunk, {} (`{}`):\n\n{}", kAutoSets[s].title,
                        kAutoSets[s].problem, cost_table(sets[s]));
  return text;
}

}  // namespace tricycle
