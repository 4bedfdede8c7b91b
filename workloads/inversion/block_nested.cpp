// SPDX-License-Identifier: Apache-2.0
//
// Nested blocks: the series on small diagonal blocks by Horner's rule, then block after block is
// joined into wider ones by the product form of what a join adds, which is nilpotent of a small
// order.  Source: tt-metal's invert_block_nested (tt-metal PR 55626), which replaced an inverse
// whose powers overflowed on a model's layers (issue 55420).  Facts of that kernel: the levels (4,
// 8) at C = 32, its 8 products of C x C under masks.
//   N1 <- -A in the diagonal b-blocks;  Y <- N1;  b - 2 times:  Y <- N1 + N1 Y
//   joins of r blocks, until one block is left (b <- r b):
//     L <- -A outside the b-blocks, in the (r b)-blocks;  M <- L + Y L.  M^r = 0
//     M2 <- M M, M4 <- M2 M2, ..;  largest power first:  Y <- (Y + P) + P Y
// Products: b - 2 for the blocks, then 2 per join of 2 blocks and 4 per join of 4; each dependent
// on the one before.  Exact: no power beyond r - 1 of a join is formed.
//
// Roundings: every Y, every M, every power.  The kernel holds I + Y; here the identity stays
// implicit, so that fixed point can hold the rest.  What the kernel multiplies by that identity is
// a linear term, rounded as an operand where these have a format of their own.  Where A is a delta
// rule's, every Y of a level and every M stay in [-1, 1].  Powers of M and the sums on the way to a
// Y reach 2 in joins of 4; fixed point keeps them with headroom.
#include "workloads/inversion/block_nested.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string>
#include <vector>

#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

Mask in_blocks(int b, int min_distance) {
  Mask mask;
  mask.min_distance = min_distance;
  mask.block = b;
  mask.min_blocks = mask.max_blocks = 0;
  return mask;
}

/// The running inverse, and the sums on the way to it, which fixed point keeps with headroom.
struct NestedMatrices {
  NestedMatrices(Emitter& e, bool has_partial)
      : scratch(e.matrix("N", Band{})),
        y(e.matrix("Y", Band{})),
        partial(!has_partial || info(e.stored_format()).is_float()
                    ? y
                    : e.matrix("Y.partial", Band{}, e.iterate_fraction_bits())) {}
  Matrix power(Emitter& e, std::size_t at, int exponent, Band band) {
    if (at == powers.size())
      powers.push_back(exponent == 1 ? e.matrix("M", Band{})
                                     : e.matrix("M" + std::to_string(exponent), Band{},
                                                e.iterate_fraction_bits()));
    return {powers[at].buffer, band};
  }
  Matrix scratch, y, partial;
  std::vector<Matrix> powers;  // of a join, as they are needed
};

/// Y of the diagonal b-blocks.  The scratch matrix is free afterwards.
Matrix emit_blocks(Emitter& e, const NestedMatrices& m, int b) {
  const Band inside{1, b - 1, b, 0, 0};
  const Matrix n1{m.scratch.buffer, inside}, out{m.y.buffer, inside},
      partial{m.partial.buffer, inside};
  const Mask kept = in_blocks(b, 1);
  const int products = b - 2;
  e.epilogue(products == 0 ? out : n1, {e.input()}, e.all(), e.all(),
             {.negate = true, .mask = kept});
  Matrix y = n1;
  for (int s = 1; s <= products; ++s) {
    const Matrix term = e.as_operand(n1, e.all(), e.all());
    const Matrix next = s == products ? out : partial;
    e.epilogue(next, {term}, e.all(), e.all(),
               {.product = e.product(n1, y, e.all(), e.all(), e.all(), inside), .mask = kept});
    y = next;
  }
  return out;
}

/// What a join adds: L and the powers of M, the first one first.
std::vector<Matrix> emit_powers(Emitter& e, NestedMatrices& m, const Matrix& y, int b, int r) {
  const int wide = std::min(b * r, e.chunk());
  const Mask kept = in_blocks(b * r, 1);
  Mask outside;  // the b-blocks; of two blocks also inside the wider one
  if (r == 2) {
    outside.pair_block = b;
  } else {
    outside.block = b;
    outside.min_blocks = 1;
  }
  const auto band = [&](int exponent) { return Band{1, wide - 1, b, exponent}; };
  const Matrix added{m.scratch.buffer, band(1)};
  // What lies outside the wide block goes first: its negation may clip, and how much of it a tile
  // holds is a matter of the cut.
  const bool cut_first = r > 2 && wide < e.chunk();
  if (cut_first) e.epilogue(added, {e.input()}, e.all(), e.all(), {.mask = kept});
  e.epilogue(added, {cut_first ? added : e.input()}, e.all(), e.all(),
             {.negate = true, .mask = outside});
  std::vector<Matrix> powers{m.power(e, 0, 1, band(1))};
  const Matrix term = e.as_operand(added, e.all(), e.all());
  e.epilogue(powers[0], {term}, e.all(), e.all(),
             {.product = e.product(y, added, e.all(), e.all(), e.all(), added.band), .mask = kept});
  for (int exponent = 2; exponent < r; exponent *= 2) {
    const Matrix root = powers.back();
    powers.push_back(m.power(e, powers.size(), exponent, band(exponent)));
    e.epilogue(powers.back(), {}, e.all(), e.all(),
               {.product = e.product(root, root, e.all(), e.all(), e.all(), band(exponent)),
                .mask = kept});
  }
  return powers;
}

/// Joins r blocks of b each, into `to`.
Matrix emit_join(Emitter& e, NestedMatrices& m, const Matrix& y, const Matrix& to, int b, int r) {
  const int wide = std::min(b * r, e.chunk());
  const std::vector<Matrix> powers = emit_powers(e, m, y, b, r);
  Matrix joined = y;
  for (auto p = powers.rbegin(); p != powers.rend(); ++p) {
    const bool is_last = std::next(p) == powers.rend();
    const Matrix next{is_last ? to.buffer : m.partial.buffer, Band{1, wide - 1}};
    const Matrix term = e.as_operand(*p, e.all(), e.all());
    e.epilogue(next, {joined, term}, e.all(), e.all(),
               {.product = e.product(*p, joined, e.all(), e.all(), e.all(), p->band),
                .mask = in_blocks(b * r, 1)});
    joined = next;
  }
  return joined;
}

void emit_block_nested(Emitter& e, const AlgorithmParameters& p) {
  int b = p.get(kBlock);
  const std::vector<int> joins = joins_of(e.chunk(), p);
  NestedMatrices m(e, b > 2 || std::ranges::any_of(joins, [](int r) { return r > 2; }));
  Matrix y = emit_blocks(e, m, b);
  const Matrix result =
      e.formats().result == e.stored_format() ? y : e.result_matrix("Y.result", Band{});
  for (const int r : joins) {
    y = emit_join(e, m, y, b * r < e.chunk() ? y : result, b, r);
    b *= r;
  }
  // Without a join the blocks are all there is.
  if (y.buffer != result.buffer) e.epilogue({result.buffer, y.band}, {y}, e.all(), e.all(), {});
  e.store_output({result.buffer, y.band});
}

Parameter join_parameter(ParameterKey<int> key, int usual, std::string_view meaning) {
  return {.key = key.name,
          .symbol = key.name,
          .values = "power of two in [2, chunk]; default 2 (first_join), 4 (join)",
          .meaning = meaning,
          .usual =
              [usual](int chunk, const ParameterValues&) {
                return std::min(usual,
                                static_cast<int>(std::bit_floor(static_cast<unsigned>(chunk))));
              },
          .range =
              [](int chunk, const ParameterValues&) {
                return ParameterRange{.low = 2, .high = chunk, .powers_of_two = true};
              },
          .candidates =
              [](int chunk, const ParameterValues&) {
                return chunk < 4 ? std::vector<int>{2} : std::vector<int>{2, 4};
              }};
}

}  // namespace

std::vector<int> joins_of(int chunk, const ParameterValues& values) {
  std::vector<int> joins;
  for (int b = values.get(kBlock); b < chunk; b *= joins.back()) {
    const int asked = values.get(joins.empty() ? kFirstJoin : kJoin), left = (chunk + b - 1) / b;
    joins.push_back(std::min(asked, left));
  }
  return joins;
}

Algorithm block_nested() {
  return {.name = "block_nested",
          .summary = "the series on small blocks, then joins of a few blocks each, exact",
          .source = "tt-metal invert_block_nested (tt-metal PR 55626)",
          .parameters = kept_as_parameters(
              {kInputAs, kOperandsAs, kResultAs},
              {block_parameter(4),
               join_parameter(kFirstJoin, 2, "blocks that the first level joins into one"),
               join_parameter(kJoin, 4,
                              "blocks that each further level joins into one; the last "
                              "joins what is left")}),
          .lower = emit_block_nested};
}

}  // namespace tricycle
