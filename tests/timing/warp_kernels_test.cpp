// SPDX-License-Identifier: Apache-2.0
//
// Kernels as their warps execute them: operations against those counted on the chip, times against
// bounds that hold for any machine, and what cannot be.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "models/error.h"
#include "models/simt/warp_schedule.h"
#include "models/simt/warp_simulation.h"
#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "sim/validate/groups.h"
#include "sim/validate/kernel_table.h"
#include "sim/validate/published_table.h"

namespace tricycle {
namespace {

const HwConfig& h200() {
  static const HwConfig hw = load_hw_config(shipped("hwconfigs/h200_sm.yaml"));
  return hw;
}

const PublishedTable& kernels() {
  static const PublishedTable table(shipped("workloads/data/silicon/h200_kernels.csv"));
  return table;
}

std::map<WarpOp, double> counts(const WarpProgram& program) {
  std::map<WarpOp, double> sum;
  for (const WarpCode& warp : program.warps)
    for (const WarpInstruction& i : warp) sum[i.op] += i.times;
  return sum;
}

TEST(WarpKernels, have_the_products_and_transposes_that_were_counted) {
  for (std::size_t row = 0; row < kernels().size(); ++row) {
    SCOPED_TRACE(kernel_title(kernels(), row));
    std::map<WarpOp, double> sum = counts(warp_kernel(warp_kernel_of(kernels(), row)));
    EXPECT_EQ(sum[WarpOp::kProduct], kernels().number(row, "mma_m16n8k16"));
    EXPECT_EQ(sum[WarpOp::kTranspose], kernels().number(row, "movmatrix"));
    EXPECT_EQ((sum[WarpOp::kGroupProduct] + sum[WarpOp::kGroupProductRegisters]) / 4,
              kernels().number(row, "wgmma_m64n64k16"));
  }
}

TEST(WarpKernels, read_and_store_within_a_quarter_of_what_was_counted) {
  int compared = 0;
  for (std::size_t row = 0; row < kernels().size(); ++row) {
    SCOPED_TRACE(kernel_title(kernels(), row));
    std::map<WarpOp, double> sum = counts(warp_kernel(warp_kernel_of(kernels(), row)));
    const double tiles =
        kernels().number(row, "ldmatrix_x4") + kernels().number(row, "stmatrix_x4");
    const double scalars = kernels().number(row, "shared_loads");
    const auto near = [&](double ours, double counted) {
      if (counted < 30) return;  // a handful more or less is no quarter of a kernel
      ++compared;
      EXPECT_NEAR(ours / counted, 1, 0.25) << ours << " " << counted;
    };
    near(sum[WarpOp::kLoadTile] + sum[WarpOp::kStoreTile], tiles);
    // Scalars are counted by lanes, of which chunks of 16 leave half idle.
    if (kernels().integer(row, "chunk") < 32) continue;
    near(sum[WarpOp::kLoad] + sum[WarpOp::kLoadWide] + sum[WarpOp::kBroadcast], scalars);
  }
  EXPECT_GT(compared, 50);
}

TEST(WarpKernels, take_no_less_than_their_instructions_and_products_need) {
  const SimtConfig& simt = h200().simt;
  for (std::size_t row = 0; row < kernels().size(); ++row) {
    SCOPED_TRACE(kernel_title(kernels(), row));
    const WarpProgram program = program_of(kernels(), row, h200());
    const int blocks = resident_blocks(program, h200()).blocks;
    const WarpTimes times = simulate_warps(program, h200(), blocks, 2);
    std::map<WarpOp, double> sum = counts(program);
    const double issue = static_cast<double>(program.instructions()) +
                         sum[WarpOp::kProduct] * (simt.of(WarpOp::kProduct).issue - 1);
    EXPECT_GT(times.cycles, 2 * blocks * issue / static_cast<double>(simt.schedulers) * 0.9);
    for (const double share : {times.issue, times.products, times.scratchpad, times.shuffle,
                               times.group_product, times.waiting}) {
      EXPECT_GE(share, 0);
      EXPECT_LE(share, 1);
    }
    EXPECT_LE(times.products, times.issue);
  }
}

TEST(WarpKernels, of_more_blocks_take_no_longer_a_chunk_than_one_alone) {
  for (std::size_t row = 0; row < kernels().size(); row += 5) {
    SCOPED_TRACE(kernel_title(kernels(), row));
    const WarpProgram program = program_of(kernels(), row, h200());
    const double one = simulate_warps(program, h200(), 1, 4).cycles;
    const int blocks = resident_blocks(program, h200()).blocks;
    EXPECT_LE(simulate_warps(program, h200(), blocks, 4).cycles / blocks, one);
  }
}

TEST(WarpSchedule, keeps_operands_before_their_use_and_fences_in_place) {
  const WarpProgram program = warp_kernel(
      {.name = "neumann_masked/registers", .chunk = 64, .warps = 4, .order = 3, .steps = 8});
  WarpProgram with_registers = program;
  with_registers.registers = 128;
  const WarpProgram ordered = scheduled(with_registers, h200().simt);
  ASSERT_EQ(ordered.warps.size(), program.warps.size());
  for (std::size_t w = 0; w < program.warps.size(); ++w) {
    const WarpCode &before = program.warps[w], &after = ordered.warps[w];
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      for (const std::int32_t input : after[i].inputs)
        EXPECT_LT(input, static_cast<std::int32_t>(i));
      EXPECT_EQ(after[i].op == WarpOp::kBarrier, before[i].op == WarpOp::kBarrier);
    }
    EXPECT_EQ(counts({.warps = {after}}), counts({.warps = {before}}));
  }
  EXPECT_LE(simulate_warps(ordered, h200(), 1, 1).cycles,
            simulate_warps(with_registers, h200(), 1, 1).cycles);
}

TEST(WarpSchedule, pads_to_the_number_of_instructions) {
  const WarpProgram program =
      warp_kernel({.name = "block_doubling/recursive", .chunk = 32, .warps = 2});
  EXPECT_NEAR(static_cast<double>(padded(program, 400).instructions()), 400, 2);
  EXPECT_EQ(padded(program, 10).instructions(), program.instructions());
}

TEST(WarpSimulation, meets_its_formulas) {
  WarpCode products, chain;
  for (std::int32_t i = 0; i < 100; ++i) {
    products.push_back({.op = WarpOp::kProduct});
    chain.push_back({.op = WarpOp::kProduct});
    if (i > 0) chain.back().inputs = {i - 1};
  }
  const WarpOperation& op = h200().simt.of(WarpOp::kProduct);
  EXPECT_NEAR(simulate_warps({.warps = {products}}, h200(), 1, 1).cycles, 100 * op.issue, 1e-6);
  EXPECT_NEAR(simulate_warps({.warps = {chain}}, h200(), 1, 1).cycles, 99 * op.latency + op.issue,
              1e-6);
  // Eight warps on four schedulers share them two by two.
  EXPECT_NEAR(simulate_warps({.warps = std::vector<WarpCode>(8, products)}, h200(), 1, 1).cycles,
              200 * op.issue, 1e-6);
}

std::string fault_of(const WarpKernel& kernel) {
  try {
    warp_kernel(kernel);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(WarpKernels, that_cannot_be_are_refused) {
  EXPECT_NE(fault_of({.name = "block_doubling/rekursive", .chunk = 64, .warps = 4})
                .find("no such kernel; expected one of null/w1"),
            std::string::npos);
  EXPECT_NE(fault_of({.name = "block_doubling/recursive", .chunk = 48, .warps = 4})
                .find("expected a chunk of 16, 32, 64 or another power of two, got 48"),
            std::string::npos);
  EXPECT_NE(fault_of({.name = "block_doubling/recursive", .chunk = 64, .warps = 8})
                .find("expected 1, 2 or 4 warps for a chunk of 64, got 8"),
            std::string::npos);
  EXPECT_NE(fault_of({.name = "neumann_masked/registers", .chunk = 64, .warps = 4})
                .find("as parameters (n3 s8), got n0 s0"),
            std::string::npos);
  EXPECT_NE(fault_of({.name = "forward_substitution/panels", .chunk = 64, .warps = 4})
                .find("16 rows 2 shares 1 columns"),
            std::string::npos);
  EXPECT_THROW(
      simulate_warps(warp_kernel({.name = "null/w1", .chunk = 16, .warps = 1}), h200(), 33, 1),
      InputError);
  HwConfig without = h200();
  without.simt.present = false;
  EXPECT_THROW(simulate_warps({.warps = {{}}}, without, 1, 1), InputError);
}

/// Targets that measured kernels set: the median within a tenth, alone and steady.
TEST(WarpKernels, are_predicted_within_a_tenth_in_the_median) {
  std::map<bool, std::vector<double>> errors;
  for (const ValidationRow& row :
       kernel_cycle_rows({shipped("workloads/data/silicon/h200_kernels.csv")}))
    errors[row.what.ends_with("alone")].push_back(std::abs(row.error()));
  ASSERT_EQ(errors[true].size(), 72U);
  for (auto& [alone, all] : errors) {
    std::ranges::sort(all);
    EXPECT_LT(all[all.size() / 2], 0.1) << alone;
    EXPECT_LT(all.back(), alone ? 0.35 : 0.25);
  }
}

}  // namespace
}  // namespace tricycle
