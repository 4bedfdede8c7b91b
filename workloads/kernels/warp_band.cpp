// SPDX-License-Identifier: Apache-2.0
//
// neumann_masked: a warp owns strips of 16 rows, left operands stay in its registers.
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

/// What a warp keeps between the phases of a kernel.
struct StripState {
  WarpTiles a, y, start_terms;  // left operands and linear terms of its strips
  std::map<std::pair<int, int>, WarpSums> start;
  WarpTiles right;
};

/// sums_j += sum over k of left_ik right_kj, k ascending for all j together; `has`: by the
/// distance k - j, where the right tile has entries.
template <typename Has>
void write_products(WarpWriter& w, std::vector<WarpSums>& sums, int i, WarpTiles& left,
                    WarpTiles& right, Has has) {
  for (int k = 0; k <= i; ++k) {
    for (int j = 0; j <= k; ++j)
      if (has(k - j)) fetch(w, right, k, j);
    for (int j = 0; j <= k; ++j)
      if (has(k - j)) {
        WarpSums& sum = sums[static_cast<std::size_t>(j)];
        sum = w.product(sum, fetch(w, left, i, k), right[{k, j}]);
      }
  }
}

/// E = -(Y0 + A + A Y0) with Y0 of `band` diagonals, stored.
void write_residual(WarpWriter& w, StripState& s, const std::vector<int>& strips) {
  for (const int i : strips) {
    WarpTiles right;
    std::vector<WarpSums> sums;
    for (int j = 0; j <= i; ++j) {
      sums.push_back(w.widen(fetch(w, s.a, i, j)));
      if (i - j > 1) continue;
      s.start[{i, j}] = w.widen(fetch(w, s.y, i, j));
      sums.back() = w.add(sums.back(), s.start[{i, j}]);
    }
    write_products(w, sums, i, s.a, right, [](int distance) { return distance <= 1; });
    for (int j = 0; j <= i; ++j) {
      const WarpTile e = w.narrow(sums[static_cast<std::size_t>(j)]);
      const WarpSums wide = w.widen(e);
      s.start[{i, j}] = i - j <= 1 ? w.add(s.start[{i, j}], wide) : wide;
      s.start_terms[{i, j}] = e;
    }
  }
  for (const auto& [at, tile] : s.start_terms) w.store_tile(tile);
}

/// Y <- start + Y E on a strip, Y and the start in registers.
void write_horner_step(WarpWriter& w, StripState& s, int i) {
  std::vector<WarpSums> sums;
  for (int j = 0; j <= i; ++j) sums.push_back(s.start[{i, j}]);
  write_products(w, sums, i, s.y, s.right, [](int) { return true; });
  for (int j = 0; j <= i; ++j) s.y[{i, j}] = w.narrow(sums[static_cast<std::size_t>(j)]);
}

/// The same as four products of a group of warps: 16 x 64 sums a warp, begun anew every step.
void write_group_step(WarpBlock& block, std::vector<StripState>& states, bool in_registers) {
  for (int w = 0; w < block.size(); ++w) {
    WarpWriter& writer = block.warp(w);
    StripState& s = states[static_cast<std::size_t>(w)];
    std::vector<WarpValue> inputs;
    for (int j = 0; j < block.strips(); ++j) {
      const WarpSums start = writer.widen(s.start_terms[{w, j}]);
      inputs.insert(inputs.end(), start.registers.begin(), start.registers.end());
      if (in_registers)
        for (const WarpValue value : s.y[{w, j}].registers) inputs.push_back(value);
    }
    const WarpValue product = writer.emit(
        in_registers ? WarpOp::kGroupProductRegisters : WarpOp::kGroupProduct, inputs, 4);
    for (int j = 0; j < block.strips(); ++j) {
      WarpSums sums;
      sums.registers.fill(product);
      s.y[{w, j}] = writer.narrow(sums);
    }
  }
}

void write_band_in_registers(WarpBlock& block, bool group) {
  const WarpKernel& k = block.kernel();
  std::vector<StripState> states(static_cast<std::size_t>(block.size()));
  write_band_start(block, k.order);
  for (int w = 0; w < block.size(); ++w)
    for (const int i : block.strips_of(w))
      for (int j = 0; j <= i; ++j)
        fetch(block.warp(w), states[static_cast<std::size_t>(w)].a, i, j);
  block.barrier();
  for (int w = 0; w < block.size(); ++w)
    write_residual(block.warp(w), states[static_cast<std::size_t>(w)], block.strips_of(w));
  block.barrier();
  for (int step = 1; step < k.steps; ++step) {
    if (group) {
      write_group_step(block, states, true);
      continue;
    }
    for (int w = 0; w < block.size(); ++w)
      for (const int i : block.strips_of(w))
        write_horner_step(block.warp(w), states[static_cast<std::size_t>(w)], i);
  }
  for (int w = 0; w < block.size(); ++w)
    for (const int i : block.strips_of(w))
      for (int j = 0; j <= i; ++j)
        block.warp(w).store_tile(states[static_cast<std::size_t>(w)].y[{i, j}]);
}

/// Operands of group products in the scratchpad: every result is stored and read from there.
void write_dense_groups(WarpBlock& block) {
  const WarpKernel& k = block.kernel();
  for (int w = 0; w < block.size(); ++w)
    for (int j = 0; j < block.strips(); ++j) {
      const WarpTile a = block.warp(w).load_tile();
      for (int copy = 0; copy < 3; ++copy) block.warp(w).store_tile(block.warp(w).mask(a));
    }
  const int products = k.order - 1 + 1 + k.steps - 1;
  std::vector<StripState> states(static_cast<std::size_t>(block.size()));
  for (int product = 0; product < products; ++product) {
    block.barrier();
    for (int w = 0; w < block.size(); ++w)
      for (int j = 0; j < block.strips(); ++j)
        if (product == 0) states[static_cast<std::size_t>(w)].start_terms[{w, j}] = {};
    write_group_step(block, states, false);
    for (int w = 0; w < block.size(); ++w)
      for (int j = 0; j < block.strips(); ++j) {
        WarpTile result = states[static_cast<std::size_t>(w)].y[{w, j}];
        if (product + 1 < k.order) result = block.warp(w).mask(result);
        block.warp(w).store_tile(result);
      }
  }
}

}  // namespace

WarpTile& fetch(WarpWriter& w, WarpTiles& tiles, int i, int j) {
  const auto [at, is_new] = tiles.try_emplace({i, j});
  if (is_new) at->second = w.load_tile();
  return at->second;
}

/// N(N + 1) / 2 entries a row are read, N (N^2 - 1) / 6 multiply-adds make the first N diagonals.
void write_band_start(WarpBlock& block, int order) {
  const int busy = std::max(1, block.kernel().chunk / kWarpLanes);
  for (int w = 0; w < block.size(); ++w)
    for (int rows = w; rows < busy; rows += block.size()) {
      WarpWriter& writer = block.warp(w);
      for (int d = 1; d <= order; ++d) {  // rows that have no such entry jump
        WarpValue sum = kConstant;
        for (int k = 0; k < d; ++k)
          sum = writer.emit(WarpOp::kWiden,
                            {writer.emit(WarpOp::kLoad, {writer.emit(WarpOp::kInteger)}), sum});
        for (int k = 0; k < d * (d - 1) / 2; ++k) sum = writer.emit(WarpOp::kMultiplyAdd, {sum});
        writer.emit(WarpOp::kStore, {writer.emit(WarpOp::kNarrow, {sum})});
        writer.emit(WarpOp::kBranch);
      }
    }
}

void write_band_kernel(WarpBlock& block) {
  const std::string_view name = block.kernel().name;
  if (name.ends_with("/dense_shared")) return write_dense(block);
  if (name.ends_with("/dense_wgmma")) return write_dense_groups(block);
  if (name.ends_with("/tile")) {
    WarpWriter& w = block.warp(0);
    return w.store_tile(neumann_tile(w, block.kernel().order, block.kernel().steps));
  }
  write_band_in_registers(block, name.ends_with("_wgmma"));
}

}  // namespace tricycle
