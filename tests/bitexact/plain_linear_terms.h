// SPDX-License-Identifier: Apache-2.0
//
// Inversions whose linear terms are products with the identity, as plain loops: every product is
// whole, every sum goes on in binary32 and is rounded once where it is stored.
#pragma once

#include <vector>

#include "tests/bitexact/plain_mixed_recursive.h"

namespace tricycle::testing {

/// Entries whose distance i - j from the diagonal is in [low, high]; the others are +0.
inline Square within(const Square& m, int low, int high) {
  Square out{m.n};
  for (int i = 0; i < m.n; ++i)
    for (int j = 0; j < m.n; ++j)
      if (low <= i - j && i - j <= high) out.at(i, j) = m.at(i, j);
  return out;
}
inline Square negative(Square m) {
  for (float& x : m.v) x = -x;
  return m;
}

/// Y <- -A;  P <- P P;  Y <- (Y + P) + Y P, where Y is rounded before it is a term, or is not.
inline Square squarings_by_products(const Square& a, Format f, bool kept) {
  const int n = a.n;
  const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1);
  const auto lower = [&](const Square& m) { return within(m, 1, n); };
  Square p = lower(rounded(f, product(one, a)));
  Square sums = product(minus, p);
  Square y = lower(rounded(f, sums));
  for (int s = 2; s < n; s *= 2) {
    p = lower(rounded(f, product(p, p)));
    sums = product(one, p, kept ? sums : product(one, y));
    sums = product(y, p, sums);
    y = lower(rounded(f, sums));
  }
  return y;
}

/// W <- X (-(I + A));  X <- 2 X + W X;  at the last step  Y <- (-I + 2 X) + W X.
inline Square newton_by_products(const Square& a, Format f, const Square& start, int steps) {
  const int n = a.n;
  const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1),
               two = scaled_identity(n, 2);
  const auto lower = [&](const Square& m) { return within(m, 0, n); };
  const Square t = lower(rounded(f, product(minus, a, product(one, minus))));
  Square x = start;
  for (int step = 1; step <= steps; ++step) {
    const Square w = lower(rounded(f, product(x, t)));
    Square sums{n};
    if (step == steps) sums = product(one, minus);
    x = lower(rounded(f, product(w, x, product(two, x, sums))));
  }
  return x;
}

/// masked_newton of order 1: Y <- -A on the first diagonal, then as the file of the algorithm says.
inline Square masked_newton_by_products(const Square& a, Format f) {
  const int n = a.n;
  const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1);
  const Square minus_a = rounded(f, product(minus, a));
  Square y = within(rounded(f, product(minus, a)), 1, 1);
  for (int w = 2; w < n; w *= 2) {
    const int last = std::min(2 * w, n) - 1;
    const Square e =
        within(rounded(f, product(minus_a, y, product(minus, a, product(minus, y)))), w, last);
    y = within(rounded(f, product(y, e, product(one, e, product(one, y)))), 1, last);
  }
  return y;
}

/// M <- -(A + A Y) and Y <- Y + (M + Y M) on the lower left block of every pair, block by block.
inline Square doubling_by_products(const Square& a, Format f) {
  const int n = a.n;
  const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1);
  const Square minus_a = rounded(f, product(minus, a));
  Square y{n};
  for (int b = 1; b < n; b *= 2) {
    const auto pairs = [&](const Square& m) {
      Square out{n};
      for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j)
          if (i / (2 * b) == j / (2 * b) && i / b > j / b) out.at(i, j) = m.at(i, j);
      return out;
    };
    const Square d = y;
    const Square m = pairs(rounded(f, product(minus_a, d, product(minus, a))));
    const Square off = pairs(rounded(f, product(d, m, product(one, m))));
    for (std::size_t i = 0; i < y.v.size(); ++i)
      if (off.v[i] != 0) y.v[i] = off.v[i];
  }
  return y;
}

}  // namespace tricycle::testing
