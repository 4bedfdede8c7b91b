// SPDX-License-Identifier: Apache-2.0
//
// The first N powers of the Neumann series, neither masked nor corrected: the ablation of arXiv
// 2606.06034.
//   Y <- -A;  for s = 2 .. N:  Y <- -(A + A Y)
// Exact on the first N sub-diagonals.  The entries beyond them are not even close where A is not
// small.  Products: N - 1, each dependent on the one before, whole (Emitter::whole_product).
// Roundings: every Y.  Fixed point keeps Y with the headroom of neumann_masked's iterate and
// saturates.
#include "workloads/inversion/neumann.h"

namespace tricycle {

namespace {

void emit_neumann_truncated(Emitter& e, const AlgorithmParameters& p) {
  const int order = p.get(kOrder);
  const Matrix y = e.matrix("Y", Band{1, e.chunk()}, e.iterate_fraction_bits());
  const Matrix a = order > 1 ? e.whole_input() : e.input();
  Mask lower;
  lower.min_distance = 1;
  e.epilogue(e.whole(y), {a}, e.all(), e.all(), {.negate = true, .mask = lower});
  for (int s = 2; s <= order; ++s) {
    e.epilogue(e.whole(y), {a}, e.all(), e.all(),
               {.product = e.whole_product(a, y), .negate = true, .mask = lower});
  }
  e.store_output(y);
}

}  // namespace

Algorithm neumann_truncated() {
  return {.name = "neumann_truncated",
          .summary = "the first N powers of the series, no mask, no correction (ablation)",
          .source = "arXiv 2606.06034, ablation",
          .parameters = {order_parameter(published_order, "chunks")},
          .lower = emit_neumann_truncated};
}

}  // namespace tricycle
