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

/// A kernel's times on the chip and here.
struct TimedKernel {
  std::string title, algorithm;
  int chunk = 0;
  double measured_alone = 0, measured_steady = 0;
  WarpTimes alone;
  SteadyKernel steady;
};

/// Those of the kernels, or of the frames.
std::vector<TimedKernel> timed_kernels(const std::vector<std::string>& files, bool frames) {
  const HwConfig hw = machine();
  std::vector<TimedKernel> kernels;
  for (const std::string& file : files) {
    const PublishedTable table(file);
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (is_fetch_bound(table, row) || is_frame(table, row) != frames) continue;
      const WarpProgram program = program_of(table, row, hw);
      kernels.push_back({.title = kernel_title(table, row),
                         .algorithm = table.text(row, "algorithm"),
                         .chunk = table.integer(row, "chunk"),
                         .measured_alone = time_of(table, row, "latency_cycles"),
                         .measured_steady = time_of(table, row, "steady_best"),
                         .alone = simulate_warps(program, hw, 1, 1),
                         .steady = steady_kernel(program, hw)});
    }
  }
  return kernels;
}

std::vector<ValidationRow> cycle_rows(const std::vector<TimedKernel>& kernels, RowUse use) {
  std::vector<ValidationRow> rows;
  for (const TimedKernel& k : kernels) {
    rows.push_back({k.title + ", alone", k.measured_alone, k.alone.cycles, use, shares(k.alone)});
    rows.push_back({fmt::format("{}, steady, {} resident", k.title, k.steady.blocks),
                    k.measured_steady, k.steady.cycles, use, shares(k.steady.times)});
  }
  return rows;
}

/// Figures of an algorithm's best kernel.
struct BestFigures {
  double published = std::numeric_limits<double>::infinity(), ours = published;
};
using BestOfAlgorithms = std::map<std::string, BestFigures>;

ValidationRow order_row(int chunk, const std::string& figure, const BestOfAlgorithms& algorithms) {
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
  return {fmt::format("chunk {}, {}: pairs of {} algorithms in order", chunk, figure,
                      algorithms.size()),
          static_cast<double>(pairs), static_cast<double>(in_order), RowUse::kPredicted,
          std::string(kChip) + wrong};
}

}  // namespace

std::vector<ValidationRow> kernel_cycle_rows(const std::vector<std::string>& files) {
  return cycle_rows(timed_kernels(files, false), RowUse::kPredicted);
}

std::vector<ValidationRow> kernel_frame_rows(const std::vector<std::string>& files) {
  return cycle_rows(timed_kernels(files, true), RowUse::kFit);
}

std::vector<ValidationRow> kernel_order_rows(const std::vector<std::string>& files) {
  std::map<std::pair<int, std::string>, BestOfAlgorithms> best;
  for (const TimedKernel& k : timed_kernels(files, false)) {
    const auto add = [&](const std::string& figure, double published, double ours) {
      BestFigures& figures = best[{k.chunk, figure}][k.algorithm];
      figures.published = std::min(figures.published, published);
      figures.ours = std::min(figures.ours, ours);
    };
    add("alone", k.measured_alone, k.alone.cycles);
    add("steady", k.measured_steady, k.steady.cycles);
  }
  std::vector<ValidationRow> rows;
  for (const auto& [key, algorithms] : best)
    if (algorithms.size() > 1) rows.push_back(order_row(key.first, key.second, algorithms));
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
