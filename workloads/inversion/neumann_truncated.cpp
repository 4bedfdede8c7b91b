// SPDX-License-Identifier: Apache-2.0
//
// The first N powers of the Neumann series, neither masked nor corrected: the ablation of arXiv
// 2606.06034.
//   Y <- -A;  for s = 2 .. N:  Y <- -(A + A Y)
// Exact on the first N sub-diagonals, what stands beyond them is not even close where A is not
// small.  Products: N - 1, each on the one before, whole (Emitter::whole_product).  Roundings:
// every Y.  Fixed point keeps Y with the headroom of neumann_masked's iterate and saturates.
#include <fmt/format.h>

#include "models/error.h"
#include "workloads/algorithm.h"
#include "workloads/emitter.h"

namespace tricycle {

namespace {

AlgorithmParameters resolve(int chunk, const AlgorithmOptions& options) {
  AlgorithmParameters p;
  p.order = options.order.value_or(published_order_and_steps(chunk).first);
  if (p.order < 1 || p.order >= chunk)
    throw InputError(
        fmt::format("algorithm.order: expected integer in [1, {}] for chunks of {}, got {}",
                    chunk - 1, chunk, p.order));
  return p;
}

void lower_it(Emitter& e, const AlgorithmParameters& p) {
  const Matrix y = e.matrix("Y", Band{1, e.chunk()}, iterate_fraction_bits(e.stored_format()));
  const Matrix a = p.order > 1 ? e.whole_input() : e.input();
  Mask lower;
  lower.min_distance = 1;
  e.combine(e.whole(y), {a}, e.all(), e.all(), {.negate = true, .mask = lower});
  for (int s = 2; s <= p.order; ++s) {
    e.combine(e.whole(y), {a}, e.all(), e.all(),
              {.product = e.whole_product(a, y), .negate = true, .mask = lower});
  }
  e.store_output(y);
}

}  // namespace

Algorithm neumann_truncated() {
  return {.name = "neumann_truncated",
          .summary = "the first N powers of the series, no mask, no correction (ablation)",
          .source = "arXiv 2606.06034, ablation",
          .parameters = {"order"},
          .resolve = resolve,
          .lower = lower_it};
}

}  // namespace tricycle
