// SPDX-License-Identifier: Apache-2.0
//
// The two inverses of whole chunks that tt-metal's delta rule has had for a chunk of 32, with N =
// -A and S = I + Y held with its diagonal:
//   tt_doubling  S <- I + N, P <- N N;  ceil(log2 C) - 1 times:  S <- S + P S;  P <- P P
//                2 (ceil(log2 C) - 1) products.  It was wrong on 68 of 69 layers of a model whose
//                ||N|| is about 17 (tt-metal issue 54813): the powers grow without bound and cancel
//   tt_horner    S <- I + N;  C - 2 times:  S <- I + N S.  C - 2 products, each dependent on the
//                one before.  It replaced the former until block_nested replaced it.  Partial sums
//                of the series are unbounded as well, but nothing multiplies them with each other
// Exact in exact arithmetic only.  Products are whole: known zeros are multiplied, as in the
// kernels.
//
// Roundings: every P, every S; P S before it is added, since a product leaves the array for the
// scratchpad (our reading of the kernel).
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

/// N and S = I + N.
struct SeriesMatrices {
  explicit SeriesMatrices(Emitter& e)
      : n(e.matrix("N", Band{1, e.chunk()})), s(e.matrix("S", Band{0, e.chunk()})) {
    e.epilogue(e.whole(n), {e.input()}, e.all(), e.all(),
               {.negate = true, .mask = Mask{.min_distance = 1}});
    e.epilogue(e.whole(s), {n}, e.all(), e.all(), {.mask = Mask{.min_distance = 0}, .diagonal = 1});
  }
  Matrix n, s;
};

/// Y = S - I.
void store_without_diagonal(Emitter& e, const Matrix& s) {
  const Matrix y = e.result_matrix("Y", Band{0, e.chunk()});
  e.epilogue(y, {s}, e.all(), e.all(), {.mask = Mask{.min_distance = 0}, .diagonal = -1});
  e.store_output(y);
}

void emit_tt_doubling(Emitter& e, const AlgorithmParameters&) {
  const SeriesMatrices m(e);
  const Matrix t = e.matrix("T", Band{1, e.chunk()});
  const auto square = [&] {
    e.epilogue(e.whole(m.n), {}, e.all(), e.all(),
               {.product = e.whole_product(m.n, m.n), .mask = Mask{.min_distance = 1}});
  };
  // N holds N^power.
  for (int power = 2; power < e.chunk(); power *= 2) {
    square();
    e.epilogue(e.whole(t), {}, e.all(), e.all(),
               {.product = e.whole_product(m.n, m.s), .mask = Mask{.min_distance = 1}});
    e.epilogue(e.whole(m.s), {m.s, t}, e.all(), e.all(), {.mask = Mask{.min_distance = 0}});
  }
  store_without_diagonal(e, m.s);
}

void emit_tt_horner(Emitter& e, const AlgorithmParameters&) {
  const SeriesMatrices m(e);
  for (int power = 2; power < e.chunk(); ++power)
    e.epilogue(
        e.whole(m.s), {}, e.all(), e.all(),
        {.product = e.whole_product(m.n, m.s), .mask = Mask{.min_distance = 0}, .diagonal = 1});
  store_without_diagonal(e, m.s);
}

}  // namespace

Algorithm tt_doubling() {
  return {.name = "tt_doubling",
          .summary = "the series as a product by squaring, as tt-metal had it, unstable",
          .source = "tt-metal invert_doubling (tt-metal issue 54813)",
          .parameters = kept_as_parameters({kInputAs, kOperandsAs, kResultAs}),
          .lower = emit_tt_doubling,
          .floats_only = true};
}

Algorithm tt_horner() {
  return {.name = "tt_horner",
          .summary = "the whole series by Horner's rule, C - 2 products, as tt-metal had it",
          .source = "tt-metal (tt-metal issue 54813)",
          .parameters = kept_as_parameters({kInputAs, kOperandsAs, kResultAs}),
          .lower = emit_tt_horner,
          .floats_only = true};
}

}  // namespace tricycle
