// SPDX-License-Identifier: Apache-2.0
//
// Kernels that invert diagonal tiles and merge them.
#include <algorithm>
#include <string_view>

#include "models/error.h"
#include "workloads/kernels/warp_parts.h"

namespace tricycle {

namespace {

/// sum over k of left[k] right[k], k ascending, on top of `start`.
WarpSums chain_of(WarpWriter& w, WarpSums start, const std::vector<WarpTile>& left,
                  const std::vector<WarpTile>& right) {
  for (std::size_t k = 0; k < left.size(); ++k) start = w.product(start, left[k], right[k]);
  return start;
}

std::vector<WarpTile> load_tiles(WarpWriter& w, int count) {
  std::vector<WarpTile> tiles;
  for (int i = 0; i < count; ++i) tiles.push_back(w.load_tile());
  return tiles;
}

/// A strip of A21 that a merge needs, fetched before the barrier: A_ij, and A_kj for the left.
struct FetchedStrip {
  int strip = 0;
  std::vector<WarpTile> terms;               // j
  std::vector<std::vector<WarpTile>> right;  // j, then k
};

FetchedStrip fetch_strip(WarpWriter& w, int strip, int lower, int half) {
  FetchedStrip f{strip, load_tiles(w, half), {}};
  for (int j = 0; j < half; ++j) f.right.push_back(load_tiles(w, strip - lower + 1));
  return f;
}

/// M = A21 + Y22 A21 in registers, Y21 = -(M + M Y11), stored.
std::vector<WarpTile> merge_strip(WarpWriter& w, const FetchedStrip& f, int half) {
  const std::vector<WarpTile> left = load_tiles(w, static_cast<int>(f.right.front().size()));
  const auto columns = static_cast<std::size_t>(half);
  std::vector<WarpSums> sums(columns);
  for (std::size_t j = 0; j < columns; ++j) sums[j] = w.widen(f.terms[j]);
  for (std::size_t k = 0; k < left.size(); ++k)
    for (std::size_t j = 0; j < columns; ++j) sums[j] = w.product(sums[j], left[k], f.right[j][k]);
  std::vector<WarpTile> m;
  for (const WarpSums& sum : sums) m.push_back(w.narrow(sum));
  for (std::size_t j = 0; j < columns; ++j) sums[j] = w.widen(m[j]);
  for (std::size_t k = 0; k < columns; ++k) {
    const std::vector<WarpTile> finished = load_tiles(w, static_cast<int>(k) + 1);  // Y_kj
    for (std::size_t j = 0; j <= k; ++j) sums[j] = w.product(sums[j], m[k], finished[j]);
  }
  std::vector<WarpTile> y;
  for (const WarpSums& sum : sums) y.push_back(w.narrow(sum));
  return y;
}

/// Diagonal tiles of a warp's strips; those by substitution two at once where it has two.
void write_diagonal(WarpBlock& block, int w) {
  const std::string_view name = block.kernel().name;
  const std::size_t strips = block.strips_of(w).size();
  if (name.starts_with("blocked_substitution")) {
    for (std::size_t done = 0; done < strips; done += 2) swept_tiles(block.warp(w));
    return;
  }
  WarpWriter& writer = block.warp(w);
  std::vector<WarpTile> tiles;
  for (std::size_t s = 0; s < strips; ++s)
    tiles.push_back(name.starts_with("mixed_recursive")      ? squared_tile(writer)
                    : name.starts_with("neumann_masked_blo") ? neumann_tile(writer, 3, 4)
                                                             : doubled_tile(writer));
  for (const WarpTile& y : tiles) writer.store_tile(y);
}

/// block_horner: E_ij = -(A_ij + A_ij Y_jj), stored; Y <- E + Y E, C/16 - 1 times.
void write_horner(WarpBlock& block) {
  for (int w = 0; w < block.size(); ++w) write_diagonal(block, w);
  std::vector<std::vector<WarpTile>> a(static_cast<std::size_t>(block.size()));
  for (int w = 0; w < block.size(); ++w)
    for (const int i : block.strips_of(w))
      for (int j = 0; j < i; ++j)
        a[static_cast<std::size_t>(w)].push_back(block.warp(w).load_tile());
  block.barrier();
  for (int w = 0; w < block.size(); ++w) {
    std::size_t at = 0;
    for (const int i : block.strips_of(w))
      for (int j = 0; j < i; ++j) {
        WarpWriter& writer = block.warp(w);
        const WarpTile left = a[static_cast<std::size_t>(w)][at++];
        const WarpTile right = writer.load_tile();
        const WarpSums term = writer.widen(left);
        writer.store_tile(writer.narrow(writer.product(term, left, right)));
      }
  }
  block.barrier();
  for (int w = 0; w < block.size(); ++w)
    for (const int i : block.strips_of(w)) {
      WarpWriter& writer = block.warp(w);
      std::vector<WarpTile> y(static_cast<std::size_t>(i) + 1);
      y.back() = i > 0 ? writer.load_tile() : WarpTile{};
      for (int step = 1; step < block.strips(); ++step)
        for (int j = 0; j < i; ++j) {
          const WarpSums start = writer.widen(writer.load_tile());
          const std::vector<WarpTile> left(y.begin() + j + 1, y.end());
          y[static_cast<std::size_t>(j)] = writer.narrow(
              chain_of(writer, start, left, load_tiles(writer, static_cast<int>(left.size()))));
        }
      for (int j = 0; j < i; ++j) writer.store_tile(y[static_cast<std::size_t>(j)]);
    }
}

}  // namespace

WarpTile doubled_tile(WarpWriter& w) {
  const WarpTile left = w.load_tile(), right = w.load_tile();
  const WarpSums a = w.widen(left);
  WarpTile y = w.mask(left);
  for (int b = 2; b < kStripRows; b *= 2) {
    const WarpTile m = w.mask(w.narrow(w.product(a, y, right)));
    const WarpTile y_right = w.transpose(y);
    const WarpSums term = w.widen(m);
    y = w.merge(y, w.narrow(w.product(term, m, y_right)));
  }
  return y;
}

WarpTile squared_tile(WarpWriter& w) {
  WarpTile q = w.load_tile(), right = w.load_tile();
  WarpTile x = w.mask(q);  // the sign
  for (int power = 2; power < kStripRows; power *= 2) {
    q = w.narrow(w.product({}, q, right));
    right = w.transpose(q);
    const WarpSums x_term = w.widen(x), q_term = w.widen(q);
    x = w.narrow(w.product(w.add(x_term, q_term), x, right));
  }
  return x;
}

WarpTile neumann_tile(WarpWriter& w, int order, int steps) {
  const WarpTile a = w.load_tile();
  const WarpTile band = w.mask(a);  // A on the band
  const WarpSums term = w.widen(band);
  WarpTile y = w.mask(band);
  for (int step = 1; step < order; ++step) {
    const WarpTile y_right = w.transpose(y);
    y = w.mask(w.narrow(w.product(term, band, y_right)));
  }
  const WarpSums y0 = w.widen(y), a_term = w.widen(a);
  const WarpSums terms = w.add(y0, a_term);
  const WarpTile y_right = w.transpose(y);
  const WarpTile e = w.narrow(w.product(terms, a, y_right));
  const WarpSums e_term = w.widen(e);
  const WarpSums start = w.add(y0, e_term);
  const WarpTile right = w.transpose(e);
  for (int step = 1; step < steps; ++step) y = w.narrow(w.product(start, y, right));
  return y;
}

void write_merges(WarpBlock& block) {
  for (int half = 1; half < block.strips(); half *= 2) {
    std::vector<std::vector<FetchedStrip>> fetched(static_cast<std::size_t>(block.size()));
    for (int w = 0; w < block.size(); ++w)
      for (const int strip : block.strips_of(w))
        if (strip / half % 2 == 1)
          fetched[static_cast<std::size_t>(w)].push_back(
              fetch_strip(block.warp(w), strip, strip / half * half, half));
    block.barrier();
    for (int w = 0; w < block.size(); ++w) {
      WarpWriter& writer = block.warp(w);
      writer.emit(WarpOp::kBranch);  // to the strips of the lower half
      std::vector<WarpTile> merged;
      for (const FetchedStrip& f : fetched[static_cast<std::size_t>(w)])
        for (const WarpTile& tile : merge_strip(writer, f, half)) merged.push_back(tile);
      for (const WarpTile& tile : merged) writer.store_tile(tile);
    }
  }
}

void write_wavefront(WarpBlock& block) {
  for (int d = 1; d < block.strips(); ++d) {
    block.barrier();
    for (int w = 0; w < block.size(); ++w) block.warp(w).emit(WarpOp::kBranch);
    for (int w = 0; w < block.size(); ++w)
      for (const int i : block.strips_of(w)) {
        if (i < d) continue;
        WarpWriter& writer = block.warp(w);
        const std::vector<WarpTile> left = load_tiles(writer, d), right = load_tiles(writer, d);
        const WarpTile m = writer.narrow(chain_of(writer, writer.widen(left.front()), left, right));
        const WarpTile diagonal = writer.load_tile();
        const WarpTile m_right = writer.transpose(m);
        const WarpSums term = writer.widen(m);
        writer.store_tile(writer.narrow(writer.product(term, diagonal, m_right)));
      }
  }
}

void write_block_kernel(WarpBlock& block) {
  const std::string_view name = block.kernel().name;
  if (name.starts_with("block_horner")) {
    write_horner(block);
    return;
  }
  for (int w = 0; w < block.size(); ++w) write_diagonal(block, w);
  if (name.ends_with("/wavefront"))
    write_wavefront(block);
  else
    write_merges(block);
}

}  // namespace tricycle
