// SPDX-License-Identifier: Apache-2.0
//
// Splits A = D + N, where D is its b x b diagonal blocks: (I + A)^-1 = (I + B)^-1 (I + D)^-1 with B
// = (I + D)^-1 N.  B is strictly block lower triangular, so that (I + B)^-1 = (I - B) (I + B^2) (I
// + B^4) .. has only ceil(log2(C / b)) factors.  Source: megagdn-pto PR 74, made after the product
// form overflowed on a model's first layer.  Powers of B up to C / (2 b) grow far less than those
// of A.
//   Yd <- product form of D, block by block;  B <- N + Yd N;  Z <- product form of B
//   Y  <- (Z + Yd) + Z Yd
// Products: 2 (log2 b - 1) per block, one per block row for B, then 2 (ceil(log2(C / b)) - 1) + 1
// whole ones (Emitter::whole_product).  Depth: log2 b + 1 + ceil(log2(C / b)) + 1.  Roundings:
// those of both product forms, B, Y.  Exact in exact arithmetic only.
#include "workloads/algorithm.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/product_form.h"

namespace tricycle {

namespace {

void emit_diagonal_split(Emitter& e, const AlgorithmParameters& parameters) {
  const int b = parameters.get(kBlock), count = (e.chunk() + b - 1) / b;
  Mask lower, block_lower;
  lower.min_distance = 1;
  block_lower.block = b;
  block_lower.min_blocks = 1;
  const Matrix a = e.input();
  const Matrix diagonal = e.matrix("Yd", Band{1, b - 1, b, 0, 0});
  const Matrix power = e.matrix("P", Band{1, e.chunk()});
  // Zeros outside the blocks: the products behind read these matrices whole.
  e.epilogue(e.whole(diagonal), {}, e.all(), e.all(), {});
  for (const Extent& block : blocks(e.all(), b)) {
    e.epilogue(e.whole(power), {a}, block, block, {.mask = lower});
    emit_product_form(e, diagonal, power, block, squarings_of(b), lower);
  }
  if (count == 1) {
    e.store_output(diagonal);
    return;
  }
  // The powers of D are dead: B takes their place.
  const Matrix split{power.buffer, Band{1, e.chunk(), b, 1}};
  e.epilogue(e.whole(split), {}, e.all(), e.all(), {});
  for (const Extent& block : blocks(e.all(), b)) {
    const Extent before{0, block.begin};
    if (before.size() == 0) continue;
    e.epilogue(
        e.whole(split), {a}, block, before,
        {.product = e.whole_product(diagonal, a, {.rows = block, .inner = block, .cols = before})});
  }
  const Matrix z = e.matrix("Z", split.band), y = e.matrix("Y", Band{1, e.chunk()});
  emit_product_form(e, z, split, e.all(), squarings_of(count), block_lower);
  e.epilogue(y, {z, diagonal}, e.all(), e.all(),
             {.product = e.whole_product(z, diagonal), .mask = lower});
  e.store_output(y);
}

}  // namespace

Algorithm diagonal_split() {
  return {.name = "diagonal_split",
          .summary = "product form of the diagonal b-blocks, then of what they leave",
          .source = "megagdn-pto PR 74",
          .parameters = {block_parameter(16)},
          .lower = emit_diagonal_split,
          .floats_only = true};
}

}  // namespace tricycle
