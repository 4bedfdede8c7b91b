// SPDX-License-Identifier: Apache-2.0
//
// Product form of the full Neumann series by repeated squaring: (I + A)^-1 = (I - A) (I + A^2) (I +
// A^4) .. (I + A^(C/2)).  It is the "inversion trick" (matrix Cayley-Hamilton) of NPU kernels:
// arXiv 2505.19488, huawei-csl/gdn-tri-inverse, megagdn-pto.  It is exact in exact arithmetic only:
// the powers have no bound (all ones: A^2 reaches C - 2, A^4 binomial(C - 2, 3), ..) and cancel.
//
// The loops:
//   plain    Y <- -A, P <- A;  ceil(log2 C) - 1 times:  P <- P P;  Y <- (Y + P) + Y P
//            2 (ceil(log2 C) - 1) products, ceil(log2 C) deep where both of a step run side by side
//   tileops  TileOPs' fused_prepare_compute_w_u: S <- I, P <- -A;
//            ceil(log2 C) times:  S <- S + P S;  P <- P P.
//            The first S and the last P are not needed: 2 ceil(log2 C) products.
//            On S = I + Y:  Y <- (Y + P) + P Y from Y = 0
//   pypto    pypto-lib: X <- I, P <- -A;  ceil(log2 C) times:  X <- X I + X P (one accumulation);
//            P <- P P.  3 ceil(log2 C) products.  On X = I + Y:  Y <- P + (Y I + Y P)
//   flashkda FlashKDA's neumann_inv_fused_1warp (it uses chunks of 16, and fp16 accumulators, which
//            are formats.fp16.accumulator): plain's products on X = I + Y, with the sum as a
//            separate step:  P <- P P;  T <- X P;  X <- X + T.  T is rounded before it is added
//
// Roundings: every P, every Y (or T, X).  Products are whole: known zeros are multiplied, as in the
// kernels.
#include "workloads/algorithm.h"
#include "workloads/inversion/product_form.h"

namespace tricycle {

namespace {

Mask below_diagonal() {
  Mask mask;
  mask.min_distance = 1;
  return mask;
}

void square(Emitter& e, const Matrix& p) {
  e.epilogue(e.whole(p), {}, e.all(), e.all(),
             {.product = e.whole_product(p, p), .mask = below_diagonal()});
}

void emit_tileops(Emitter& e, const Matrix& y, const Matrix& p) {
  e.epilogue(e.whole(y), {}, e.all(), e.all(), {});
  for (int step = 0; step <= squarings_of(e.chunk()); ++step) {
    e.epilogue(e.whole(y), {y, p}, e.all(), e.all(),
               {.product = e.whole_product(p, y), .mask = below_diagonal()});
    square(e, p);
  }
}

void emit_pypto(Emitter& e, const Matrix& y, const Matrix& p) {
  const Matrix identity = e.matrix("I", Band{0, 0});
  e.epilogue(e.whole(identity), {}, e.all(), e.all(), {.diagonal = 1});
  e.epilogue(e.whole(y), {}, e.all(), e.all(), {});
  for (int step = 0; step <= squarings_of(e.chunk()); ++step) {
    e.whole_product(y, identity, {.goes_on = true});
    e.epilogue(e.whole(y), {p}, e.all(), e.all(),
               {.product = e.whole_product(y, p, {.accumulate = true}), .mask = below_diagonal()});
    square(e, p);
  }
}

void emit_flashkda(Emitter& e, const Matrix& y, const Matrix& p) {
  const Matrix x = e.matrix("X", Band{0, e.chunk()}), t = e.matrix("T", Band{1, e.chunk()});
  Mask lower;
  lower.min_distance = 0;
  e.epilogue(e.whole(x), {p}, e.all(), e.all(), {.negate = true, .mask = lower, .diagonal = -1});
  for (int step = 0; step < squarings_of(e.chunk()); ++step) {
    square(e, p);
    e.epilogue(e.whole(t), {}, e.all(), e.all(),
               {.product = e.whole_product(x, p), .mask = below_diagonal()});
    e.epilogue(e.whole(x), {x, t}, e.all(), e.all(), {.mask = lower});
  }
  e.epilogue(y, {x}, e.all(), e.all(), {.mask = below_diagonal()});
}

void emit_neumann_product(Emitter& e, const AlgorithmParameters& parameters) {
  const Matrix y = e.matrix("Y", Band{1, e.chunk()}), p = e.matrix("P", Band{1, e.chunk()});
  const ProductLoop loop = parameters.get(kLoop);
  const bool negated = loop == ProductLoop::kTileOps || loop == ProductLoop::kPypto;
  e.epilogue(e.whole(p), {e.input()}, e.all(), e.all(),
             {.negate = negated, .mask = below_diagonal()});
  switch (loop) {
    case ProductLoop::kPlain:
      emit_product_form(e, y, p, e.all(), squarings_of(e.chunk()), below_diagonal());
      break;
    case ProductLoop::kTileOps: emit_tileops(e, y, p); break;
    case ProductLoop::kPypto: emit_pypto(e, y, p); break;
    case ProductLoop::kFlashKda: emit_flashkda(e, y, p); break;
  }
  e.store_output(y);
}

}  // namespace

/// Tuning tries the first only: the others waste products on the same sums, or round sums once more
/// (flashkda).
Parameter loop_parameter() {
  return {
      .key = kLoop.name,
      .symbol = "loop",
      .values =
          "plain | tileops | pypto | flashkda (mixed_recursive: plain | flashkda); default plain",
      .meaning =
          "the squarings of the product form: as they are needed, or as public kernels run them",
      .words = words_of(kProductLoops),
      .usual = first_word,
      .candidates = [](int, const ParameterValues&) { return std::vector<int>{0}; },
      .unsaid = is_first_word(kLoop)};
}

int squarings_of(int n) {
  int squarings = 0;
  while ((2 << squarings) < n) ++squarings;
  return squarings;
}

void emit_product_form(Emitter& e, const Matrix& y, const Matrix& p, Extent block, int squarings,
                       const Mask& kept) {
  e.epilogue(e.whole(y), {p}, block, block, {.negate = true, .mask = kept});
  for (int step = 0; step < squarings; ++step) {
    e.epilogue(e.whole(p), {}, block, block,
               {.product = e.whole_product(p, p, {.rows = block, .inner = block, .cols = block}),
                .mask = kept});
    e.epilogue(e.whole(y), {y, p}, block, block,
               {.product = e.whole_product(y, p, {.rows = block, .inner = block, .cols = block}),
                .mask = kept});
  }
}

Algorithm neumann_product() {
  return {.name = "neumann_product",
          .summary = "full Neumann series as a product by repeated squaring, unstable",
          .source = "arXiv 2505.19488; huawei-csl/gdn-tri-inverse; TileOPs; pypto-lib; FlashKDA",
          .parameters = {loop_parameter()},
          .lower = emit_neumann_product,
          .floats_only = true};
}

}  // namespace tricycle
