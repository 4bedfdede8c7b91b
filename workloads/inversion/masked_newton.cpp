// SPDX-License-Identifier: Apache-2.0
//
// Newton's iteration X <- X (2I - (I + A) X) from the band-exact start of arXiv 2606.06034.  Its
// mask doubles together with the exact diagonals of the iteration:
//   Y <- neumann_start(N);  w = N + 1
//   while w < C:  E <- -(Y + A + A Y) on w <= d < 2w;  Y <- (Y + E) + Y E on 0 < d < 2w;  w <- 2w
// Exact: each step doubles the number of exact diagonals.  Products: (N - 1) + 2 ceil(log2(C / (N +
// 1))), each dependent on the one before.  Roundings: every start step, every E, every Y.  The
// values that the masks keep stay in [-1, 1] where T does, so fixed point needs no headroom.
#include <algorithm>

#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

int usual_order(int chunk, const ParameterValues&) { return std::min(3, chunk - 1); }

void emit_masked_newton(Emitter& e, const AlgorithmParameters& p) {
  const int order = p.get(kOrder);
  const Matrix a = e.input();
  const Matrix operand = e.matrix("Aw", Band{1, order});
  const Matrix residual = e.matrix("E", Band{});
  Matrix y = emit_neumann_start(e, operand, e.matrix("Y", Band{}), order);
  for (int w = order + 1; w < e.chunk(); w *= 2) {
    const int last = std::min(2 * w, e.chunk()) - 1;
    const Matrix next{y.buffer, Band{1, last}}, wrong{residual.buffer, Band{w, last}};
    Mask added, kept;
    added.min_distance = w;
    kept.min_distance = 1;
    added.max_distance = kept.max_distance = last;
    e.epilogue(wrong, {y, a}, e.all(), e.all(),
               {.product = e.product(a, y, e.all(), e.all(), e.all(), wrong.band),
                .negate = true,
                .mask = added});
    e.epilogue(
        next, {y, wrong}, e.all(), e.all(),
        {.product = e.product(y, wrong, e.all(), e.all(), e.all(), wrong.band), .mask = kept});
    y = next;
  }
  e.store_output(y);
}

}  // namespace

Algorithm masked_newton() {
  return {.name = "masked_newton",
          .summary = "Newton's iteration under a mask that doubles each step, exact",
          .source = "arXiv 2606.06034 (its start and mask), Newton-Schulz iteration",
          .parameters =
              kept_as_parameters({kInputAs, kOperandsAs}, {order_parameter(usual_order, "chunks")}),
          .lower = emit_masked_newton};
}

}  // namespace tricycle
