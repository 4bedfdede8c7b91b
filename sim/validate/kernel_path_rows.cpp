// SPDX-License-Identifier: Apache-2.0
//
// What a dependent product waits, by the path of the result that it needs: measured chains of
// products beside the same chains of warps here.
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/simt/warp_simulation.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/published_table.h"
#include "workloads/kernels/warp_writer.h"

namespace tricycle {

namespace {

/// A step of a chain: from the tile before, the next product's.
using ChainStep = WarpTile (*)(WarpWriter& w, const WarpTile& before);

WarpTile rounded_product(WarpWriter& w, const WarpTile& left, const WarpTile& right) {
  return w.narrow(w.product({}, left, right));
}
WarpTile as_left(WarpWriter& w, const WarpTile& before) { return rounded_product(w, before, {}); }
WarpTile as_right(WarpWriter& w, const WarpTile& before) {
  const WarpTile right = w.transpose(before);
  return rounded_product(w, {}, right);
}
WarpTile through_scratchpad(WarpWriter& w, const WarpTile& before, WarpOp sync) {
  w.store_tile(before);
  w.emit(sync);
  const WarpTile right = w.load_tile();
  return rounded_product(w, {}, right);
}
WarpTile in_a_warp(WarpWriter& w, const WarpTile& before) {
  return through_scratchpad(w, before, WarpOp::kWarpSync);
}
WarpTile between_warps(WarpWriter& w, const WarpTile& before) {
  return through_scratchpad(w, before, WarpOp::kBarrier);
}

/// Cycles a step, of all warps doing the same: long chains less short ones.
double step_cycles(const HwConfig& hw, ChainStep step, int warps) {
  const auto cycles = [&](int steps) {
    WarpProgram program;
    for (int warp = 0; warp < warps; ++warp) {
      WarpWriter w;
      WarpTile tile;
      for (int i = 0; i < steps; ++i) tile = step(w, tile);
      program.warps.push_back(w.take());
    }
    return simulate_warps(program, hw, 1, 1).cycles;
  };
  constexpr int kShort = 16, kLong = 48;
  return (cycles(kLong) - cycles(kShort)) / (kLong - kShort);
}

struct ResultPath {
  std::string_view benchmark, variant, title;
  ChainStep step;
  int fitted_warps;  // its row set a constant; 0: none did
};
constexpr ResultPath kResultPaths[] = {
    {"16x16x16 fp16 product then cvt then left operand of the next", "latency",
     "left operand of the next, in registers", as_left, 1},
    {"16x16x16 fp16 product then cvt then movmatrix then right operand of the next", "latency",
     "right operand, transposed between lanes", as_right, 0},
    {"16x16x16 fp16 product; cvt; stmatrix; warp sync; ldmatrix.trans", "round trip in a warp",
     "right operand through the scratchpad, in a warp", in_a_warp, 0},
    {"16x16x16 fp16 product; cvt; stmatrix; block barrier; ldmatrix.trans",
     "round trip between warps", "right operand through the scratchpad, behind a barrier",
     between_warps, 1},
};

/// "product" and "and 4 fp32 fma and 2 narrow": what a group has of each.
std::vector<std::pair<WarpOp, int>> group_of(const std::string& benchmark,
                                             const std::string& variant) {
  static const std::map<std::string, WarpOp, std::less<>> kOps{
      {"product", WarpOp::kProduct},    {"fp32 fma", WarpOp::kMultiplyAdd},
      {"narrow", WarpOp::kNarrow},      {"widen", WarpOp::kWiden},
      {"logic", WarpOp::kLogic},        {"integer add", WarpOp::kInteger},
      {"transpose", WarpOp::kTranspose}};
  std::vector<std::pair<WarpOp, int>> group{{kOps.at(benchmark), 1}};
  for (std::size_t at = variant.find("and "); at != std::string::npos;) {
    const std::size_t next = variant.find(" and ", at);
    const std::string part = variant.substr(at + 4, next - at - 4);
    const std::size_t space = part.find(' ');
    group.emplace_back(kOps.at(part.substr(space + 1)), std::stoi(part.substr(0, space)));
    at = next == std::string::npos ? next : next + 1;
  }
  return group;
}

/// Cycles a group, of so many warps that repeat it, on one of the schedulers.
double group_cycles(const HwConfig& hw, const std::vector<std::pair<WarpOp, int>>& group,
                    int warps) {
  constexpr int kGroups = 256;
  WarpProgram program;
  for (int warp = 0; warp < warps; ++warp) {
    WarpWriter w;
    for (int i = 0; i < kGroups; ++i)
      for (const auto& [op, count] : group)
        for (int n = 0; n < count; ++n) w.emit(op);
    program.warps.push_back(w.take());
  }
  return simulate_warps(program, hw, 1, 1).cycles / kGroups *
         static_cast<double>(hw.simt.schedulers) / warps;
}

/// How a product shares its scheduler's issue was found by the groups with products.
RowUse use_of(const std::string& benchmark, std::size_t kinds) {
  if (kinds == 1) return RowUse::kRestated;
  return benchmark == "product" ? RowUse::kFit : RowUse::kPredicted;
}

}  // namespace

std::vector<ValidationRow> kernel_issue_rows(const std::string& /*folder*/) {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/h200_sm.yaml"));
  const PublishedTable table(shipped("workloads/data/silicon/h200_issue.csv"));
  std::vector<ValidationRow> rows;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (!table.text(row, "unit").ends_with("per scheduler")) continue;
    const std::string &benchmark = table.text(row, "benchmark"),
                      &variant = table.text(row, "variant");
    const auto group = group_of(benchmark, variant);
    rows.push_back({fmt::format("{} {}", benchmark, variant), table.number(row, "value"),
                    group_cycles(hw, group, table.integer(row, "warps")),
                    use_of(benchmark, group.size()), "NVIDIA H200, sm_90"});
  }
  return rows;
}

std::vector<ValidationRow> kernel_path_rows(const std::string& /*folder*/) {
  const HwConfig hw = load_hw_config(shipped("hwconfigs/h200_sm.yaml"));
  const PublishedTable table(shipped("workloads/data/silicon/h200_microbenchmarks.csv"));
  std::vector<ValidationRow> rows;
  for (const ResultPath& path : kResultPaths)
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (table.text(row, "benchmark") != path.benchmark ||
          table.text(row, "variant") != path.variant)
        continue;
      const int warps = table.integer(row, "warps");
      rows.push_back({fmt::format("{}, {} warps", path.title, warps), table.number(row, "value"),
                      step_cycles(hw, path.step, warps),
                      warps == path.fitted_warps ? RowUse::kFit : RowUse::kPredicted,
                      "NVIDIA H200, sm_90"});
    }
  return rows;
}

}  // namespace tricycle
