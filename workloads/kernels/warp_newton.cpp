// SPDX-License-Identifier: Apache-2.0
//
// masked_newton, newton_schulz and neumann_product: two products a step, strips of 16 rows a warp.
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

/// Whether tile (i, j) of a matrix has entries.
using HasTile = std::function<bool(int i, int j)>;

/// Tiles with an entry whose distance from the diagonal is in [first, last]; all, where the kernel
/// leaves none out.
HasTile tiles_of_band(bool dense, int first, int last) {
  return [=](int i, int j) {
    return dense || (i >= j && 16 * (i - j) - 15 <= last && 16 * (i - j) + 15 >= first);
  };
}

/// Sums of a strip, by column of tiles.
using StripSums = std::map<int, WarpSums>;

/// sums_j += sum over k of left_ik right_kj, k ascending for all j together.
void write_strip_products(WarpWriter& w, StripSums& sums, int i, int strips, WarpTiles& left,
                          const HasTile& has_left, const HasTile& has_right) {
  WarpTiles right;
  for (int k = 0; k < strips; ++k)
    for (auto& [j, sum] : sums) {
      if (!has_left(i, k) || !has_right(k, j)) continue;
      const WarpTile l = fetch(w, left, i, k), r = fetch(w, right, k, j);
      sum = w.product(sum, l, r);
    }
}

/// What a warp keeps in registers of A, Y and E (of neumann_product: of P and X).
struct NewtonStrips {
  WarpTiles a, y, e;
};
using BlockStrips = std::vector<NewtonStrips>;

void for_each_strip(WarpBlock& block, BlockStrips& states,
                    const std::function<void(WarpWriter&, NewtonStrips&, int)>& write) {
  for (int w = 0; w < block.size(); ++w)
    for (const int i : block.strips_of(w))
      write(block.warp(w), states[static_cast<std::size_t>(w)], i);
}

/// E = -(Y + A + A Y) under a mask, stored, barrier; then Y <- Y + E + Y E where E has tiles.
void write_newton_step(WarpBlock& block, BlockStrips& states, const HasTile& has_e,
                       const HasTile& has_y, const HasTile& has_a) {
  const int strips = block.strips();
  const auto sums_with = [&](WarpWriter& w, WarpTiles& terms, WarpTiles& y, int i) {
    StripSums sums;
    for (int j = 0; j < strips; ++j) {
      if (!has_e(i, j)) continue;
      sums[j] = w.widen(fetch(w, terms, i, j));
      if (has_y(i, j)) sums[j] = w.add(sums[j], w.widen(fetch(w, y, i, j)));
    }
    return sums;
  };
  for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
    StripSums sums = sums_with(w, s.a, s.y, i);
    write_strip_products(w, sums, i, strips, s.a, has_a, has_y);
    for (const auto& [j, sum] : sums) {
      s.e[{i, j}] = w.mask(w.narrow(sum));
      w.store_tile(s.e[{i, j}]);
    }
  });
  block.barrier();
  for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
    StripSums sums = sums_with(w, s.e, s.y, i);
    write_strip_products(w, sums, i, strips, s.y, has_y, has_e);
    for (const auto& [j, sum] : sums) {
      s.y[{i, j}] = w.narrow(sum);
      w.store_tile(s.y[{i, j}]);
    }
  });
}

void write_newton(WarpBlock& block, bool masked, bool dense) {
  constexpr int kOrderOfStart = 3;
  const int chunk = block.kernel().chunk;
  const HasTile all = tiles_of_band(dense, 1, chunk - 1);
  BlockStrips states(static_cast<std::size_t>(block.size()));
  if (masked)
    write_band_start(block, kOrderOfStart);
  else
    write_masked_copies(block, 1);
  for (int known = masked ? kOrderOfStart + 1 : 2; known < chunk; known *= 2) {
    block.barrier();
    write_newton_step(block, states, masked ? tiles_of_band(dense, known, 2 * known - 1) : all,
                      masked ? tiles_of_band(dense, 1, known - 1) : all, all);
  }
}

/// P <- P P, stored, barrier, X <- X + P + X P.
void write_squarings(WarpBlock& block, bool dense) {
  const int chunk = block.kernel().chunk, strips = block.strips();
  BlockStrips states(static_cast<std::size_t>(block.size()));  // P in a, X in y
  const HasTile all = tiles_of_band(dense, 1, chunk - 1);
  for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
    for (int j = 0; j < strips; ++j)
      if (all(i, j)) s.y[{i, j}] = w.mask(fetch(w, s.a, i, j));  // the sign
  });
  for (int power = 2; power < chunk; power *= 2) {
    const HasTile had = tiles_of_band(dense, power / 2, chunk - 1);
    const HasTile has = tiles_of_band(dense, power, chunk - 1);
    for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
      StripSums sums;
      for (int j = 0; j < strips; ++j)
        if (has(i, j)) sums[j] = {};
      write_strip_products(w, sums, i, strips, s.a, had, had);
      for (const auto& [j, sum] : sums) {
        s.e[{i, j}] = w.narrow(sum);
        w.store_tile(s.e[{i, j}]);
      }
      for (const auto& [j, sum] : sums) s.a[{i, j}] = s.e[{i, j}];
    });
    block.barrier();
    for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
      StripSums sums;
      for (int j = 0; j < strips; ++j) {
        if (!has(i, j)) continue;
        const WarpSums x = w.widen(s.y[{i, j}]), p = w.widen(s.a[{i, j}]);
        sums[j] = w.add(x, p);
      }
      write_strip_products(w, sums, i, strips, s.y, all, has);
      for (const auto& [j, sum] : sums) s.y[{i, j}] = w.narrow(sum);
    });
  }
  for_each_strip(block, states, [&](WarpWriter& w, NewtonStrips& s, int i) {
    for (int j = 0; j <= i; ++j) w.store_tile(s.y[{i, j}]);
  });
}

}  // namespace

void write_newton_kernel(WarpBlock& block) {
  const std::string_view name = block.kernel().name;
  if (name.ends_with("/tile")) {
    WarpWriter& w = block.warp(0);
    return w.store_tile(squared_tile(w));
  }
  const bool dense = name.ends_with("_dense");
  if (name.starts_with("neumann_product")) return write_squarings(block, dense);
  write_newton(block, name.starts_with("masked_newton"), dense);
}

}  // namespace tricycle
