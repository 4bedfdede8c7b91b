// SPDX-License-Identifier: Apache-2.0
#include "workloads/kernels/warp_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/error.h"
#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

struct KernelOfWarps {
  std::string_view name;
  void (*write)(WarpBlock& block);
};
constexpr KernelOfWarps kKernelsOfWarps[] = {
    {"null/w1", [](WarpBlock&) {}},
    {"null/w2", [](WarpBlock&) {}},
    {"null/w4", [](WarpBlock&) {}},
    {"null/w8", [](WarpBlock&) {}},
    {"block_doubling/tiles", write_block_kernel},
    {"block_doubling/recursive", write_block_kernel},
    {"block_horner/recompute", write_block_kernel},
    {"block_horner/once", write_block_kernel},
    {"blocked_substitution/recursive", write_block_kernel},
    {"blocked_substitution/wavefront", write_block_kernel},
    {"mixed_recursive/recursive", write_block_kernel},
    {"neumann_masked_blockwise/recursive", write_block_kernel},
    {"neumann_masked/tile", write_band_kernel},
    {"neumann_masked/registers", write_band_kernel},
    {"neumann_masked/registers_wgmma", write_band_kernel},
    {"neumann_masked/dense_shared", write_band_kernel},
    {"neumann_masked/dense_wgmma", write_band_kernel},
    {"masked_newton/strips", write_newton_kernel},
    {"masked_newton/strips_dense", write_newton_kernel},
    {"newton_schulz/strips", write_newton_kernel},
    {"newton_schulz/strips_dense", write_newton_kernel},
    {"neumann_product/tile", write_newton_kernel},
    {"neumann_product/strips", write_newton_kernel},
    {"neumann_product/strips_dense", write_newton_kernel},
    {"column_sweep/registers", write_vector_kernel},
    {"forward_substitution/block16", write_vector_kernel},
    {"forward_substitution/registers", write_vector_kernel},
    {"forward_substitution/registers_skip", write_vector_kernel},
    {"forward_substitution/one_warp", write_vector_kernel},
    {"forward_substitution/panels", write_vector_kernel},
    {"forward_substitution/rows", write_vector_kernel},
    {"forward_substitution/shared", write_vector_kernel},
};

std::string known_kernels() {
  std::vector<std::string_view> names;
  for (const KernelOfWarps& kernel : kKernelsOfWarps) names.push_back(kernel.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

[[noreturn]] void refuse(const WarpKernel& kernel, std::string_view expected) {
  throw InputError(fmt::format("{}: expected {}", kernel.name, expected));
}

/// What the kernels leave open has to be there, and to divide as they divide it.
void check(const WarpKernel& k) {
  if (k.chunk < kStripRows || !std::has_single_bit(static_cast<unsigned>(k.chunk)))
    refuse(k, fmt::format("a chunk of 16, 32, 64 or another power of two, got {}", k.chunk));
  constexpr int kLargestChunk = 1024;
  if (k.chunk > kLargestChunk)
    refuse(k, fmt::format("a chunk of at most {}, got {}", kLargestChunk, k.chunk));
  constexpr int kMostWarps = 32;  // 1024 threads a block
  if (k.warps < 1 || k.warps > kMostWarps || !std::has_single_bit(static_cast<unsigned>(k.warps)))
    refuse(k, fmt::format("1, 2, 4 .. {} warps, got {}", kMostWarps, k.warps));
  const auto is_count = [&](int value) { return value >= 1 && value <= k.chunk; };
  if (k.name.starts_with("neumann_masked/") && !(is_count(k.order) && is_count(k.steps)))
    refuse(k,
           fmt::format("the order and the steps of the series as parameters (n3 s8), got n{} s{}",
                       k.order, k.steps));
  if (k.name.ends_with("/panels") &&
      !(is_count(k.rows) && is_count(k.columns) && is_count(k.shares) && k.rows > 1 &&
        k.chunk % k.rows == 0 && kWarpLanes % k.shares == 0))
    refuse(k, fmt::format("parameters such as \"16 rows 2 shares 1 columns\", got {}, {} and {}",
                          k.rows, k.shares, k.columns));
  const bool has_a_lane_a_column = k.name.starts_with("column_sweep/") ||
                                   k.name.ends_with("/shared") ||
                                   k.name.starts_with("forward_substitution/registers");
  if (const int warps = std::max(1, k.chunk / kWarpLanes); has_a_lane_a_column && k.warps != warps)
    refuse(k, fmt::format("{} warps, a lane a column of {}, got {}", warps, k.chunk, k.warps));
  if (k.name.ends_with("/one_warp") && (k.warps != 1 || k.chunk < kWarpLanes))
    refuse(k, fmt::format("one warp and a chunk of {} or more, got {} and {}", kWarpLanes, k.warps,
                          k.chunk));
  const bool is_tile = k.name.ends_with("/tile") || k.name.ends_with("/block16");
  if (is_tile && (k.chunk != kStripRows || k.warps != 1))
    refuse(k, fmt::format("a chunk of 16 and one warp, got {} and {}", k.chunk, k.warps));
  if (k.name.ends_with("_wgmma") && (k.chunk != 64 || k.warps != 4))
    refuse(k, fmt::format("a chunk of 64 and four warps, got {} and {}", k.chunk, k.warps));
  if (k.name.ends_with("/dense_shared") && k.warps > k.chunk / kStripRows * (k.chunk / kStripRows))
    refuse(k, fmt::format("no more warps than tiles, got {}", k.warps));
  if (k.name.ends_with("/rows") && kWarpLanes * k.warps < k.chunk)
    refuse(k, fmt::format("a thread a column, {} or more, got {}", k.chunk, kWarpLanes * k.warps));
}

}  // namespace

WarpBlock::WarpBlock(const WarpKernel& kernel)
    : kernel_(kernel), warps_(static_cast<std::size_t>(kernel.warps)) {
  for (WarpWriter& warp : warps_) warp.chain(WarpOp::kInteger, kFrameInstructions);
}

std::vector<int> WarpBlock::strips_of(int w) const {
  if (size() == strips()) return {w};
  if (2 * size() == strips()) return {w, strips() - 1 - w};
  if (size() != 1)
    throw InputError(fmt::format("{}: expected 1, {} or {} warps for a chunk of {}, got {}",
                                 kernel_.name, strips() / 2, strips(), kernel_.chunk, size()));
  std::vector<int> all;
  for (int i = 0; i < strips(); ++i) all.push_back(i);
  return all;
}

void WarpBlock::barrier() {
  for (WarpWriter& warp : warps_) warp.emit(size() > 1 ? WarpOp::kBarrier : WarpOp::kWarpSync);
}

WarpProgram WarpBlock::take() {
  barrier();
  WarpProgram program;
  for (WarpWriter& warp : warps_) program.warps.push_back(warp.take());
  return program;
}

WarpProgram warp_kernel(const WarpKernel& kernel) {
  for (const KernelOfWarps& known : kKernelsOfWarps)
    if (kernel.name == known.name) {
      check(kernel);
      WarpBlock block(kernel);
      known.write(block);
      return block.take();
    }
  throw InputError(
      fmt::format("{}: no such kernel; expected one of {}", kernel.name, known_kernels()));
}

}  // namespace tricycle
