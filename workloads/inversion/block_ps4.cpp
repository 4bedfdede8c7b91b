// SPDX-License-Identifier: Apache-2.0
//
// The Paterson-Stockmeyer scheme of order 4 on the diagonal b-blocks, then block recursion.
// Source: tt-metal's invert_block_ps4 (tt-metal issue 55420), which was right on 8 of 18 layers of
// a model.  Facts: a chunk of 32 as 2 x 2 faces of 16, order 4 within, 8 products.  The rest is our
// reading, as the kernel's source was not seen: which polynomial, that both faces pass the array
// together, and how the faces are merged.  It has the published number of products.
//   N <- -A in the b-blocks;  N2 <- N N, N3 <- N2 N, N4 <- N2 N2;  B <- ((I + N) + N2) + N3
//   S <- B;  b / 4 - 1 times:  S <- B + N4 S                       (terms of the series 0 .. b - 1)
//   for pairs of blocks b, 2b, ..:  M <- -(S A) below the pair's diagonal blocks;  S <- S + M S
// Products: 3 + b / 4 - 1 for the blocks, then 2 per level; all C x C and whole
// (Emitter::whole_product).  Exact in exact arithmetic only: powers up to N^4 and the sums have no
// bound.
//
// Roundings: N2, N3, N4, B, every S, every M.
#include <algorithm>
#include <bit>

#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

constexpr int kFace = 16;  // edge of a face of Tenstorrent's tiles
constexpr int kSchemeOrder = 4;

int whole_face(int chunk, const ParameterValues&) {
  return std::min(kFace, static_cast<int>(std::bit_floor(static_cast<unsigned>(chunk))));
}

/// S = I + Y of the diagonal b-blocks.
void emit_scheme(Emitter& e, const Matrix& s, int b) {
  Mask inside;
  inside.min_distance = 0;
  inside.block = b;
  inside.min_blocks = inside.max_blocks = 0;
  const auto scheme_matrix = [&](const char* name, int first) {
    return e.matrix(name, Band{first, b - 1, b, 0, 0});
  };
  const auto write = [&](const Matrix& dst, const std::vector<Matrix>& terms,
                         Emitter::EpilogueOptions how) {
    how.mask = inside;
    e.epilogue(e.whole(dst), terms, e.all(), e.all(), how);
  };
  const Matrix n = scheme_matrix("N", 1);
  write(n, {e.input()}, {.negate = true});
  if (b <= 2) {
    write(s, {n}, {.diagonal = 1});
    return;
  }
  const Matrix n2 = scheme_matrix("N2", 2), n3 = scheme_matrix("N3", 3);
  write(n2, {}, {.product = e.whole_product(n, n)});
  write(n3, {}, {.product = e.whole_product(n2, n)});
  const Matrix first = b <= kSchemeOrder ? s : e.matrix("B", Band{0, b - 1, b, 0, 0});
  write(first, {n, n2, n3}, {.diagonal = 1});
  if (b <= kSchemeOrder) return;
  const Matrix n4 = scheme_matrix("N4", kSchemeOrder);
  write(n4, {}, {.product = e.whole_product(n2, n2)});
  for (int terms = kSchemeOrder; terms < b; terms += kSchemeOrder)
    write(s, {first}, {.product = e.whole_product(n4, terms == kSchemeOrder ? first : s)});
}

void emit_block_ps4(Emitter& e, const AlgorithmParameters& p) {
  const int b = p.get(kBlock);
  const Matrix a = b < e.chunk() ? e.whole_input() : e.input();
  const Matrix s = e.matrix("S", Band{0, e.chunk()});
  emit_scheme(e, s, b);
  Mask lower;
  lower.min_distance = 0;
  if (b < e.chunk()) {
    const Matrix m = e.matrix("M", Band{1, e.chunk()});
    for (int edge = b; edge < e.chunk(); edge *= 2) {
      Mask corner;
      corner.pair_block = edge;
      e.epilogue(e.whole(m), {}, e.all(), e.all(),
                 {.product = e.whole_product(s, a), .negate = true, .mask = corner});
      e.epilogue(e.whole(s), {s}, e.all(), e.all(),
                 {.product = e.whole_product(m, s), .mask = lower});
    }
  }
  const Matrix y = e.result_matrix("Y", Band{0, e.chunk()});
  e.epilogue(y, {s}, e.all(), e.all(), {.mask = lower, .diagonal = -1});
  e.store_output(y);
}

}  // namespace

Algorithm block_ps4() {
  return {.name = "block_ps4",
          .summary = "the series on diagonal 16-blocks by Paterson-Stockmeyer, then merges",
          .source = "tt-metal invert_block_ps4 (tt-metal issue 55420)",
          .parameters =
              kept_as_parameters({kInputAs, kOperandsAs, kResultAs}, {block_parameter(whole_face)}),
          .lower = emit_block_ps4,
          .floats_only = true};
}

}  // namespace tricycle
