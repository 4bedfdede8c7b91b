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
//
// By the vector unit the product form may run FlashKDA's loop (neumann_product.cpp), and blocks,
// merges and result may have formats of their own.  FlashKDA before its commit 7afb9f4 is loop =
// flashkda in fp16 at C = 16 with formats.fp16.accumulator = fp16; flash-linear-attention's inverse
// of RWKV-7 (pull request 1162) is the plain loop with block = 16.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_merge.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/product_form.h"

namespace tricycle {

namespace {

constexpr int kPublishedBlock = 16;  // the cube's edge, and the largest whose powers fit binary16

int whole_power(int chunk, const ParameterValues&) {
  return std::min(kPublishedBlock, static_cast<int>(std::bit_floor(static_cast<unsigned>(chunk))));
}

Parameter loop_of_blocks() {
  Parameter loop = loop_parameter();
  loop.check = [](int, const ParameterValues& values) {
    if (values.get(kLoop) != ProductLoop::kPlain && values.get(kLoop) != ProductLoop::kFlashKda)
      throw InputError(
          "algorithm.loop: mixed_recursive runs plain or flashkda; choose one of them");
  };
  return loop;
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

/// FlashKDA's loop, with X = I + Y and T = X P, which is rounded before it is added.
struct SeparateSums {
  SeparateSums(Emitter& e, int b)
      : x(e.matrix_in(e.formats().blocks, "X", Band{0, b - 1})),
        t(e.matrix_in(e.formats().blocks, "T", Band{1, b - 1})) {}
  Matrix x, t;
};

void separate_sums_by_vector(Emitter& e, const Matrix& y, const Matrix& p, const SeparateSums& m,
                             Extent g, int b) {
  const Matrix a{e.input().buffer, Band{1, b - 1}};
  const auto clear_too = [&](const Matrix& dst) {
    return Matrix{dst.buffer, Band{1 - g.size(), g.size()}};
  };
  Mask lower = diagonal_blocks(b), below = lower;
  lower.min_distance = 0;
  below.min_distance = 1;
  e.epilogue(clear_too(p), {a}, g, g, {.mask = below});
  e.epilogue(clear_too(m.x), {a}, g, g, {.negate = true, .mask = lower, .diagonal = -1});
  for (int s = 2; s < b; s *= 2) {
    const auto product = [&](const Matrix& left) {
      return e.whole_product(left, p, {.rows = g, .inner = g, .cols = g});
    };
    e.epilogue(clear_too(p), {}, g, g, {.product = product(p), .mask = below});
    e.epilogue(clear_too(m.t), {}, g, g, {.product = product(m.x), .mask = below});
    e.epilogue(clear_too(m.x), {m.x, m.t}, g, g, {.mask = lower});
  }
  e.epilogue(clear_too(y), {m.x}, g, g, {.positive_zero = true, .mask = below});
}

void by_vector(Emitter& e, int block, ProductLoop loop) {
  const InverseMatrices y = make_inverse_matrices(e);
  const bool one_format = e.formats().blocks == e.formats().merges;
  const Matrix p = one_format ? y.scratch : e.matrix_in(e.formats().blocks, "P", y.blocks.band);
  std::optional<SeparateSums> separate;
  if (loop == ProductLoop::kFlashKda) separate.emplace(e, block);
  e.multiply_in(e.formats().blocks);
  // A scale of a whole operand is that of one block.
  const int group = e.scales_are_shared() ? block : std::max(block, e.tile());
  if (group < e.tile()) emit_zeros_between_blocks(e, y.blocks, block);
  for (const Extent& g : blocks(e.all(), group))
    if (separate)
      separate_sums_by_vector(e, y.blocks, p, *separate, g, block);
    else
      product_form_by_vector(e, y.blocks, p, g, block);
  emit_merges_and_store(e, y, block);
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

/// The kernel without a vector unit has one loop and one format.
void check_cube(const Emitter& e, const AlgorithmParameters& p) {
  const MatrixFormats& f = e.formats();
  for (const Format format : {f.input, f.blocks, f.merges, f.result})
    if (format != e.format() || p.get(kLoop) != ProductLoop::kPlain)
      throw InputError(fmt::format(
          "mixed_recursive: with linear terms by {} it runs loop=plain, with all matrices in the "
          "format of the run; choose these, or --linear-terms vector",
          name(e.linear_terms())));
}

void on_cube(Emitter& e, const AlgorithmParameters& p) {
  check_cube(e, p);
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
    by_vector(e, p.get(kBlock), p.get(kLoop));
}

}  // namespace

Algorithm mixed_recursive() {
  return {.name = "mixed_recursive",
          .summary = "product form on diagonal 16-blocks, then block recursion, exact",
          .source = "tri_inv_rec_unroll (huawei-csl/pto-kernels)",
          .parameters = kept_as_parameters({kInputAs, kBlocksAs, kMergesAs, kResultAs},
                                           {block_parameter(whole_power), loop_of_blocks()}),
          .lower = emit_mixed_recursive};
}

}  // namespace tricycle
