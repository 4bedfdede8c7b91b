// SPDX-License-Identifier: Apache-2.0
//
// 2 x 2 block recursion ("tree"), exact.  It has log2 C levels of two products each, in total a
// third of the multiplications of one dense product.  Small blocks are merged many at a time inside
// one diagonal group, because the array would be idle on a pair alone.
#include <fmt/format.h>

#include <bit>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_merge.h"

namespace tricycle {

namespace {

Mask pairs(int b) {
  Mask mask;
  mask.pair_block = b;
  return mask;
}

// Y <- Y - (M + Y M) adds to zeros, so no -0 is ever stored (Epilogue::positive_zero).  Where the
// terms are products with the identity, M holds -(A + A Y), so that Y need not be negated.

/// All pairs of a diagonal group in one product: masked stores leave the diagonal blocks alone.
void merge_in_group(Emitter& e, const Matrix& y, const Matrix& m, Extent group, int b) {
  const Band diagonal{1, b - 1}, off{1, 2 * b - 1};
  const Matrix y_diagonal{y.buffer, diagonal}, m_off{m.buffer, off};
  const Matrix a = e.input();
  e.epilogue(m_off, {a}, group, group,
             {.product = e.product(a, y_diagonal, group, group, group, off, pairs(b)),
              .negate = e.by_products(),
              .mask = pairs(b)});
  e.epilogue({y.buffer, off}, {m_off}, group, group,
             {.product = e.product(y_diagonal, m_off, group, group, group, off),
              .negate = !e.by_products(),
              .positive_zero = true,
              .keep_old = true,
              .rest_is_zero = true,
              .mask = pairs(b)});
}

/// One pair: b x b x b products of exactly the blocks involved.
void merge_pair(Emitter& e, const Matrix& y, const Matrix& m, const std::optional<Matrix>& result,
                Extent left, Extent right) {
  const int b = left.size();
  const Band diagonal{1, b - 1}, off{1, 2 * b - 1};
  const Matrix y_diagonal{y.buffer, diagonal}, m_off{m.buffer, off};
  const Matrix a = e.as_operand(e.input(), right, left);
  e.epilogue(
      m_off, {a}, right, left,
      {.product = e.product(a, y_diagonal, right, left, left, off), .negate = e.by_products()});
  const Emitter::EpilogueOptions merged{
      .product = e.product(y_diagonal, m_off, right, right, left, off),
      .negate = !e.by_products(),
      .positive_zero = true};
  if (result) e.epilogue({result->buffer, off}, {m_off}, right, left, merged);
  // Where nothing is merged any more, the result alone is needed.
  if (!result || right.end - left.begin < e.chunk())
    e.epilogue({y.buffer, off}, {m_off}, right, left, merged);
}

/// b = 1: the products vanish; Y <- -(A + 0) on every pair, zeros elsewhere in the group.
void start_from_nothing(Emitter& e, const Matrix& y, Extent group) {
  const Matrix a{e.input().buffer, Band{1, group.size()}};
  e.epilogue({y.buffer, Band{1 - group.size(), group.size()}}, {a}, group, group,
             {.negate = true, .positive_zero = true, .mask = pairs(1)});
}

/// Cycles of all levels 1 < b when pairs inside diagonal groups of `group` are merged together.
std::int64_t merge_cycles(const Emitter& e, int group) {
  const HwConfig& hw = e.hw();
  const std::int64_t vector = hw.cost(VectorOp::kAdd).startup_cycles + hw.sequencer.issue_cycles +
                              hw.sequencer.token_latency_cycles;
  std::int64_t cycles = 0;
  for (int b = 2; b < e.chunk(); b *= 2) {
    const int edge = 2 * b <= group ? group : b;
    const int count = (e.chunk() + std::max(edge, 2 * b) - 1) / std::max(edge, 2 * b);
    const Extent all{0, edge};
    const auto products = tile_products(hw.systolic_array.dataflow, e.tile(), Band{1 - edge, edge},
                                        Band{1, edge}, Band{1 - edge, edge}, all, all, all);
    cycles += 2 * count * (product_cycles(hw, e.format(), products) + vector);
  }
  return cycles;
}

int cheapest_group(const Emitter& e) {
  int best = 2;
  for (int group = 4; group <= e.tile() && group <= e.chunk(); group *= 2)
    if (merge_cycles(e, group) < merge_cycles(e, best)) best = group;
  return best;
}

void emit_block_doubling(Emitter& e, const AlgorithmParameters&) {
  const Matrix y = e.matrix("Y", Band{1, e.chunk()});
  const Matrix m = e.matrix("M", Band{1, e.chunk()});
  emit_block_merges(e, y, m, 1, e.chunk());
  e.store_output(y);
}

}  // namespace

void emit_block_merges(Emitter& e, const Matrix& y, const Matrix& m, int first, int last,
                       const std::optional<Matrix>& result) {
  const bool one_by_one = e.scales_are_shared() || sums_show_their_start(e.hw(), e.format());
  const int group = first == 1 && one_by_one ? 2
                    : first == 1             ? e.merge_group().value_or(cheapest_group(e))
                                             : first;
  if (first == 1)
    for (const Extent& g : blocks(e.all(), std::max(group, e.tile()))) start_from_nothing(e, y, g);
  for (int b = first; b < std::min(last, e.chunk()); b *= 2) {
    if (b == 1) continue;
    if (2 * b <= group) {
      for (const Extent& g : blocks(e.all(), group)) merge_in_group(e, y, m, g, b);
    } else {
      for (int at = 0; at + b < e.chunk(); at += 2 * b)
        merge_pair(e, y, m, result, {at, at + b}, {at + b, std::min(at + 2 * b, e.chunk())});
    }
  }
}

void emit_zeros_between_blocks(Emitter& e, const Matrix& y, int block) {
  if (block >= e.tile()) return;
  for (const Extent& g : blocks(e.all(), e.tile()))
    e.epilogue({y.buffer, Band{1 - g.size(), g.size()}}, {}, g, g, {});
}

InverseMatrices make_inverse_matrices(Emitter& e) {
  const MatrixFormats& f = e.formats();
  const Band lower{1, e.chunk()};
  const Matrix blocks = e.matrix_in(f.blocks, "Y", lower),
               scratch = e.matrix_in(f.merges, "M", lower);
  const Matrix merged = f.merges == f.blocks ? blocks : e.matrix_in(f.merges, "Y.merged", lower);
  const Matrix result = f.result == f.merges   ? merged
                        : f.result == f.blocks ? blocks
                                               : e.result_matrix("Y.result", lower);
  return {blocks, merged, result, scratch};
}

void emit_merges_and_store(Emitter& e, const InverseMatrices& y, int block) {
  const bool is_apart = y.result.buffer != y.merged.buffer;
  const auto round_blocks = [&](const Matrix& to) {
    if (to.buffer == y.blocks.buffer) return;
    for (const Extent& group : blocks(e.all(), std::max(block, e.tile())))
      e.epilogue(to, {y.blocks}, group, group, {});
  };
  if (block < e.chunk()) round_blocks(y.merged);
  if (is_apart || block >= e.chunk()) round_blocks(y.result);
  if (block < e.chunk()) {
    e.multiply_in(e.formats().merges);
    emit_block_merges(e, y.merged, y.scratch, block, e.chunk(),
                      is_apart ? std::optional(y.result) : std::nullopt);
  }
  e.store_output(y.result);
}

Algorithm block_doubling() {
  return {.name = "block_doubling",
          .summary = "2 x 2 block recursion, log2 C levels of two small products, exact",
          .source = "block recursive triangular inversion (huawei-csl/gdn-tri-inverse, \"tree\")",
          .parameters = {},
          .lower = emit_block_doubling,
          .merges_pairs = true,
          .compared_by_default = true};
}

}  // namespace tricycle
