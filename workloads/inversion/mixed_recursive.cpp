// SPDX-License-Identifier: Apache-2.0
//
// Product form on the diagonal b-blocks, where powers of A cannot grow far, then block recursion up
// to the chunk.  Source: huawei-csl/pto-kernels, tri_inv_rec_unroll, the inverse in Huawei's Gated
// DeltaNet.
//
// That kernel works on X = (I + A)^-1 with its diagonal of ones and uses no vector core.  Every
// copy, negation and addition is a product with +-I.  Every sum that a product reads again is
// rounded to the storage format on its way from the accumulators to the scratchpad.  The lowering
// is that kernel where linear terms are products (workloads/cut.h); kept leaves the running inverse
// of the product form in its accumulator.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

constexpr int kPublishedBlock = 16;  // the cube's edge, and the largest whose powers fit binary16

int whole_power(int chunk, const ParameterValues&) {
  return std::min(kPublishedBlock, static_cast<int>(std::bit_floor(static_cast<unsigned>(chunk))));
}

Mask diagonal_blocks(int b, Mask::Blocks which = Mask::Blocks::kAll) {
  Mask mask;
  mask.block = b;
  mask.min_blocks = mask.max_blocks = 0;
  mask.blocks = which;
  return mask;
}

/// Y = X - I on the diagonal b-blocks of the group: Y <- -A; P <- A A; then Y <- Y + (P + Y P),
/// P <- P P while P is not zero.  Off the blocks Y and P hold zeros, so that several pass the array
/// together.
void product_form_by_vector(Emitter& e, const Matrix& y, const Matrix& p, Extent g, int b) {
  const Mask mask = diagonal_blocks(b);
  const Band in_block{1, b - 1};
  const Matrix a{e.input().buffer, in_block};
  const auto clear_too = [&](const Matrix& m) {
    return Matrix{m.buffer, Band{1 - g.size(), g.size()}};
  };
  e.epilogue(clear_too(y), {a}, g, g, {.negate = true, .positive_zero = true, .mask = mask});
  if (b == 2) return;
  e.epilogue(clear_too(p), {a}, g, g, {.mask = mask});
  for (int s = 2; s < b; s *= 2) {  // P holds A^(s / 2)
    const Matrix power{p.buffer, Band{s / 2, b - 1}}, square{p.buffer, Band{s, b - 1}};
    e.epilogue(power, {}, g, g,
               {.product = e.product(power, power, g, g, g, in_block), .mask = mask});
    e.epilogue(
        {y.buffer, in_block}, {{y.buffer, in_block}, square}, g, g,
        {.product = e.product({y.buffer, in_block}, square, g, g, g, in_block), .mask = mask});
  }
}

void by_vector(Emitter& e, int block) {
  const Matrix y = e.matrix("Y", Band{1, e.chunk()});
  const Matrix m = e.matrix("M", Band{1, e.chunk()});
  // A scale of a whole operand is that of one block.
  const int group = e.scales_are_shared() ? block : std::max(block, e.tile());
  if (group < e.tile()) emit_zeros_between_blocks(e, y, block);
  for (const Extent& g : blocks(e.all(), group)) product_form_by_vector(e, y, m, g, block);
  emit_block_merges(e, y, m, block, e.chunk());
  e.store_output(y);
}

/// The kernel's matrices: I and -I resident, M = A, and what it reads out.
struct Kernel {
  explicit Kernel(Emitter& emitter)
      : e(emitter),
        identity(e.constant("I", Constant::kIdentity)),
        minus_identity(e.constant("-I", Constant::kMinusIdentity)),
        m(e.input()),
        minus_m(e.matrix("-M", Band{1, e.chunk()})),
        x(e.matrix("X", Band{0, e.chunk()})),
        y(e.matrix("Y", Band{0, e.chunk()})),
        first(e.accumulator("acc0")),
        second(e.accumulator("acc1")) {}
  Emitter& e;
  Matrix identity, minus_identity, m, minus_m, x, y;
  std::uint32_t first, second;
};

/// X = (I - D)(I + D^2)(I + D^4) .. of the diagonal b-blocks D of M.
void product_form_on_cube(const Kernel& k, int b) {
  Emitter& e = k.e;
  const Mask d = diagonal_blocks(b);
  e.whole_product(k.minus_identity, k.m, {.into = k.first});
  e.read_out(k.minus_m, k.first);
  e.whole_product(k.m, k.m, {.into = k.second, .a_mask = d, .b_mask = d});
  e.read_out(k.y, k.second);
  e.whole_product(k.m, k.minus_identity, {.into = k.first, .a_mask = d});
  e.whole_product(k.minus_identity, k.minus_identity, {.into = k.first, .accumulate = true});
  e.read_out(k.x, k.first);
  for (int s = 1; s < b / 2; s *= 2) {
    if (e.linear_terms() == LinearTerms::kProducts)
      e.whole_product(k.x, k.identity, {.into = k.first});
    const bool more = s < b / 4;
    if (more) e.whole_product(k.y, k.y, {.into = k.second});
    e.whole_product(k.x, k.y, {.into = k.first, .accumulate = true});
    if (more) e.read_out(k.y, k.second);
    e.read_out(k.x, k.first);
  }
}

/// X of b-blocks to X of 2b-blocks: with R the even ones (upper left of their pairs) and L the odd,
/// X <- L + (I - L M) R.  `result`: the last one, whose ones on the diagonal stay behind.
void merge_on_cube(const Kernel& k, int b, const Matrix& result, const Mask& stored) {
  Emitter& e = k.e;
  const Mask odd = diagonal_blocks(b, Mask::Blocks::kOdd),
             even = diagonal_blocks(b, Mask::Blocks::kEven);
  e.whole_product(k.identity, k.identity, {.into = k.first});
  e.whole_product(k.x, k.identity, {.into = k.second, .a_mask = odd});
  e.whole_product(k.x, k.minus_m, {.into = k.first, .accumulate = true, .a_mask = odd});
  e.read_out(k.y, k.first);
  e.whole_product(k.y, k.x, {.into = k.second, .accumulate = true, .b_mask = even});
  e.read_out(result, k.second, stored);
}

void on_cube(Emitter& e, const AlgorithmParameters& p) {
  if (e.chunk() < kPublishedBlock || !std::has_single_bit(static_cast<unsigned>(e.chunk())))
    throw InputError(fmt::format(
        "mixed_recursive: with linear terms by {} it inverts chunk sizes that are powers of two "
        "from {}, got {}; choose another, or --linear-terms vector",
        name(e.linear_terms()), kPublishedBlock, e.chunk()));
  e.load_whole_input();
  const Kernel k(e);
  const Matrix result = e.matrix("T-I", Band{1, e.chunk()});
  // What is stored is T - I.  The diagonal of X is ones, exactly: leaving it out subtracts them.
  Mask below;
  below.min_distance = 1;
  product_form_on_cube(k, p.get(kBlock));
  for (int b = p.get(kBlock); b < e.chunk(); b *= 2)
    merge_on_cube(k, b, 2 * b < e.chunk() ? k.x : result, 2 * b < e.chunk() ? Mask{} : below);
  if (p.get(kBlock) == e.chunk()) e.read_out(result, k.first, below);
  e.store_whole_output(result);
}

void emit_mixed_recursive(Emitter& e, const AlgorithmParameters& p) {
  if (e.by_products())
    on_cube(e, p);
  else
    by_vector(e, p.get(kBlock));
}

}  // namespace

Algorithm mixed_recursive() {
  return {.name = "mixed_recursive",
          .summary = "product form on diagonal 16-blocks, then block recursion, exact",
          .source = "tri_inv_rec_unroll (huawei-csl/pto-kernels)",
          .parameters = {block_parameter(whole_power)},
          .lower = emit_mixed_recursive};
}

}  // namespace tricycle
