// SPDX-License-Identifier: Apache-2.0
//
// The Neumann series as a product, in the plain loops of each published kernel.
#pragma once

#include "tests/bitexact/plain_arithmetic.h"
#include "tests/bitexact/plain_masks.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/product_form.h"

namespace tricycle::testing {

using Arithmetic = PlainArithmetic;
using Parameters = AlgorithmParameters;

inline Plain product_form(const Arithmetic& ar, Plain p, int squarings) {
  Plain y = ar.store({&p}, {}, true, kLower);
  for (int s = 0; s < squarings; ++s) {
    p = ar.store({}, ar.product(p, p), false, kLower);
    y = ar.store({&y, &p}, ar.product(y, p), false, kLower);
  }
  return y;
}

/// X = I + Y, the product rounded before it is added.
inline Plain product_form_in_two_steps(const Arithmetic& ar, Plain p, int squarings) {
  Plain x = ar.store({&p}, {}, true, kLower);
  for (int i = 0; i < p.size; ++i) x.at(i, i) = 1;
  for (int s = 0; s < squarings; ++s) {
    p = ar.store({}, ar.product(p, p), false, kLower);
    const Plain t = ar.store({}, ar.product(x, p), false, kLower);
    x = ar.store({&x, &t}, {}, false, distance(0));
  }
  return kept(x, kLower);
}

inline Plain neumann_product(const Arithmetic& ar, const Plain& a, const Parameters& parameters) {
  const int steps = ceil_log2(a.size);
  if (parameters.get(kLoop) == ProductLoop::kPlain) return product_form(ar, a, steps - 1);
  if (parameters.get(kLoop) == ProductLoop::kFlashKda)
    return product_form_in_two_steps(ar, a, steps - 1);
  Plain p = ar.store({&a}, {}, true, kLower), y = ar.zeros(a.size), identity = ar.zeros(a.size);
  for (int i = 0; i < a.size; ++i) identity.at(i, i) = 1;
  for (int s = 0; s < steps; ++s) {
    if (parameters.get(kLoop) == ProductLoop::kTileOps) {
      y = ar.store({&y, &p}, ar.product(p, y), false, kLower);
    } else {
      const Plain copied = ar.product(y, identity);
      y = ar.store({&p}, ar.product(y, p, &copied), false, kLower);
    }
    p = ar.store({}, ar.product(p, p), false, kLower);
  }
  return y;
}

}  // namespace tricycle::testing
