// SPDX-License-Identifier: Apache-2.0
#include "workloads/kernels/hopper_parts.h"

namespace tricycle {

namespace {

Mask pairs_of(int b) {
  Mask mask;
  mask.pair_block = b;
  return mask;
}

}  // namespace

void emit_doubled_tiles(Emitter& e, const Matrix& y, const Matrix& m) {
  const Matrix a = e.input();
  for (const Extent& g : blocks(e.all(), kHopperTile)) {
    e.epilogue({y.buffer, Band{1 - g.size(), g.size()}}, {{a.buffer, Band{1, g.size()}}}, g, g,
               {.negate = true, .mask = pairs_of(1)});
    for (int b = 2; b < g.size(); b *= 2) {
      const Matrix diagonal{y.buffer, Band{1, b - 1}}, off{y.buffer, Band{1, 2 * b - 1}},
          m_off{m.buffer, Band{1, 2 * b - 1}};
      e.epilogue(m_off, {a}, g, g,
                 {.product = e.product(diagonal, a, g, g, g, m_off.band), .mask = pairs_of(b)});
      e.epilogue(off, {m_off}, g, g,
                 {.product = e.product(m_off, diagonal, g, g, g, off.band),
                  .negate = true,
                  .keep_old = true,
                  .mask = pairs_of(b)});
    }
  }
}

void emit_left_merges(Emitter& e, const Matrix& y, const Matrix& m, int first) {
  const Matrix a = e.input();
  for (int b = first; b < e.chunk(); b *= 2)
    for (int at = 0; at + b < e.chunk(); at += 2 * b) {
      const Extent left{at, at + b}, right{at + b, at + 2 * b};
      const Matrix diagonal{y.buffer, Band{1, b - 1}}, off{y.buffer, Band{1, 2 * b - 1}},
          m_off{m.buffer, Band{1, 2 * b - 1}};
      e.epilogue(m_off, {a}, right, left,
                 {.product = e.product(diagonal, a, right, right, left, m_off.band)});
      e.epilogue(
          off, {m_off}, right, left,
          {.product = e.product(m_off, diagonal, right, left, left, off.band), .negate = true});
    }
}

void emit_wavefront(Emitter& e, const Matrix& y, const Matrix& m) {
  const std::vector<Extent> tiles = blocks(e.all(), kHopperTile);
  const Matrix a = e.input();
  for (std::size_t d = 1; d < tiles.size(); ++d)
    for (std::size_t j = 0; j + d < tiles.size(); ++j) {
      const Extent row = tiles[j + d], column = tiles[j];
      const Extent between{column.begin, row.begin};  // k = j .. i - 1
      e.epilogue(m, {a}, row, column, {.product = e.product(a, y, row, between, column, m.band)});
      const Matrix diagonal{y.buffer, Band{1, kHopperTile - 1}};
      e.epilogue(y, {m}, row, column,
                 {.product = e.product(diagonal, m, row, row, column, y.band), .negate = true});
    }
}

}  // namespace tricycle
