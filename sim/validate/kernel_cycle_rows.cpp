// SPDX-License-Identifier: Apache-2.0
//
// Cycles of CUDA kernels on a multiprocessor, beside those of the same kernels' warps here.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/simt/warp_simulation.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/kernel_table.h"

namespace tricycle {

namespace {

constexpr std::string_view kChip = "NVIDIA H200, sm_90";

std::string shares(const WarpTimes& t) {
  return fmt::format(
      "{}; issue {:.0f} %, of it products {:.0f}; scratchpad {:.0f}, shuffles {:.0f}, group "
      "products "
      "{:.0f}; warps wait {:.0f}",
      kChip, 100 * t.issue, 100 * t.products, 100 * t.scratchpad, 100 * t.shuffle,
      100 * t.group_product, 100 * t.waiting);
}

/// A measured time.
double time_of(const PublishedTable& table, std::size_t row, std::string_view title) {
  const double cycles = table.number(row, title);
  if (!(cycles > 0)) table.refuse(row, title, "cycles above 0");
  return cycles;
}

bool is_frame(const PublishedTable& table, std::size_t row) {
  return table.text(row, "algorithm") == "null";
}

/// Kernels whose code does not fit the instruction caches of a full chip: the table marks them.
bool is_fetch_bound(const PublishedTable& table, std::size_t row) {
  return table.has("fetch_bound") && table.integer(row, "fetch_bound") != 0;
}

HwConfig machine() { return load_hw_config(shipped("hwconfigs/h200_sm.yaml")); }

/// Figures of an algorithm's best kernel.
struct BestFigures {
  double published = std::numeric_limits<double>::infinity(), ours = published;
};

/// Alone and steady, of the kernels or of the frames.
std::vector<ValidationRow> cycle_rows(const std::vector<std::string>& files, bool frames) {
  const HwConfig hw = machine();
  std::vector<ValidationRow> rows;
  for (const std::string& file : files) {
    const PublishedTable table(file);
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (is_fetch_bound(table, row) || is_frame(table, row) != frames) continue;
      const WarpProgram program = program_of(table, row, hw);
      const RowUse use = frames ? RowUse::kFit : RowUse::kPredicted;
      const std::string title = kernel_title(table, row);
      const WarpTimes alone = simulate_warps(program, hw, 1, 1);
      rows.push_back({title + ", alone", time_of(table, row, "latency_cycles"), alone.cycles, use,
                      shares(alone)});
      const SteadyKernel steady = steady_kernel(program, hw);
      rows.push_back({fmt::format("{}, steady, {} resident", title, steady.blocks),
                      time_of(table, row, "steady_best"), steady.cycles, use,
                      shares(steady.times)});
    }
  }
  return rows;
}

}  // namespace

std::vector<ValidationRow> kernel_cycle_rows(const std::vector<std::string>& files) {
  return cycle_rows(files, false);
}

std::vector<ValidationRow> kernel_frame_rows(const std::vector<std::string>& files) {
  return cycle_rows(files, true);
}

std::vector<ValidationRow> kernel_order_rows(const std::vector<std::string>& files) {
  const HwConfig hw = machine();
  std::map<std::pair<int, std::string>, std::map<std::string, BestFigures>> best;
  for (const std::string& file : files) {
    const PublishedTable table(file);
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (is_fetch_bound(table, row) || is_frame(table, row)) continue;
      const WarpProgram program = program_of(table, row, hw);
      const auto add = [&](const std::string& figure, double published, double ours) {
        BestFigures& figures =
            best[{table.integer(row, "chunk"), figure}][table.text(row, "algorithm")];
        figures.published = std::min(figures.published, published);
        figures.ours = std::min(figures.ours, ours);
      };
      add("alone", time_of(table, row, "latency_cycles"), simulate_warps(program, hw, 1, 1).cycles);
      add("steady", time_of(table, row, "steady_best"), steady_kernel(program, hw).cycles);
    }
  }
  std::vector<ValidationRow> rows;
  for (const auto& [key, algorithms] : best) {
    int pairs = 0, in_order = 0;
    std::string wrong;
    for (auto a = algorithms.begin(); a != algorithms.end(); ++a)
      for (auto b = std::next(a); b != algorithms.end(); ++b) {
        ++pairs;
        if ((a->second.published < b->second.published) == (a->second.ours < b->second.ours)) {
          ++in_order;
          continue;
        }
        wrong += fmt::format("; turned: {} {:.0f}, {} {:.0f}", a->first, a->second.published,
                             b->first, b->second.published);
      }
    if (pairs == 0) continue;
    rows.push_back({fmt::format("chunk {}, {}: pairs of {} algorithms in order", key.first,
                                key.second, algorithms.size()),
                    static_cast<double>(pairs), static_cast<double>(in_order), RowUse::kPredicted,
                    std::string(kChip) + wrong});
  }
  return rows;
}

std::vector<ValidationRow> kernel_block_rows(const std::vector<std::string>& files) {
  const HwConfig hw = machine();
  std::vector<ValidationRow> rows;
  for (const std::string& file : files) {
    const PublishedTable table(file);
    for (std::size_t row = 0; row < table.size(); ++row) {
      const Residency resident = resident_blocks(program_of(table, row, hw), hw);
      rows.push_back({kernel_title(table, row), table.number(row, "blocks_per_sm_max"),
                      static_cast<double>(resident.blocks), RowUse::kExact,
                      fmt::format("{}; bounded by {}", kChip, resident.bound)});
    }
  }
  return rows;
}

}  // namespace tricycle
