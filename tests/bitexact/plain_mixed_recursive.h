// SPDX-License-Identifier: Apache-2.0
//
// Product form on b-blocks, then block recursion, as plain loops: Huawei's kernel by its
// pseudo-code (tri_inv_rec_unroll, huawei-csl/pto-kernels), and the same algebra with a vector
// unit.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/numerics/format.h"

namespace tricycle::testing {

/// n x n, row-major, of whatever format: binary16 and bfloat16 are exact in float.
struct Square {
  int n;
  std::vector<float> v =
      std::vector<float>(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
  float& at(int i, int j) { return v[static_cast<std::size_t>(i * n + j)]; }
  float at(int i, int j) const { return v[static_cast<std::size_t>(i * n + j)]; }
};

/// Round half to even into p significant bits, exponents from least on, largest value as given.
inline float rounded(Format format, float x) {
  const bool half = format == Format::kFp16;
  if (format == Format::kFp32 || x == 0 || !std::isfinite(x)) return x;
  const int digits = half ? 11 : 8, least = half ? -14 : -126;
  const double largest = half ? 65504 : 3.38953138925153547590470800371487866880e+38;
  const double ulp = std::ldexp(1.0, std::max(std::ilogb(x), least) - digits + 1);
  const double r = std::nearbyint(static_cast<double>(x) / ulp) * ulp;
  return std::abs(r) > largest ? std::copysign(INFINITY, x) : static_cast<float>(r);
}
inline Square rounded(Format format, Square m) {
  for (float& x : m.v) x = rounded(format, x);
  return m;
}

/// acc + a b, k ascending, a rounding to binary32 an addition.
inline Square product(const Square& a, const Square& b, Square acc) {
  for (int i = 0; i < a.n; ++i)
    for (int j = 0; j < a.n; ++j)
      for (int k = 0; k < a.n; ++k) {
        const float p = a.at(i, k) * b.at(k, j);
        acc.at(i, j) = acc.at(i, j) + p;
      }
  return acc;
}
inline Square product(const Square& a, const Square& b) { return product(a, b, Square{a.n}); }

inline Square scaled_identity(int n, float value) {
  Square m{n};
  for (int i = 0; i < n; ++i) m.at(i, i) = value;
  return m;
}

/// Diagonal b-blocks; step 2: only those from the first (0) or second (1) on.
inline Square diagonal_blocks(const Square& m, int b, int step = 1, int from = 0) {
  Square out{m.n};
  for (int i = 0; i < m.n; ++i)
    for (int j = 0; j < m.n; ++j)
      if (i / b == j / b && (i / b) % step == from) out.at(i, j) = m.at(i, j);
  return out;
}

/// The kernel, line by line; the result X less its diagonal, which must be ones.
inline Square kernel(const Square& m, Format f, int b, bool keep_accumulator) {
  const int n = m.n;
  const Square one = scaled_identity(n, 1), minus = scaled_identity(n, -1);
  const Square d = diagonal_blocks(m, b);
  const Square mn = rounded(f, product(minus, m));
  Square y = rounded(f, product(d, d));
  Square acc = product(minus, minus, product(d, minus));
  Square x = rounded(f, acc);
  for (int s = 1; s < b / 2; s *= 2) {
    if (!keep_accumulator) acc = product(x, one);
    const Square next = rounded(f, product(y, y));
    acc = product(x, y, acc);
    x = rounded(f, acc);
    if (s < b / 4) y = next;
  }
  for (int c = b; c < n; c *= 2) {  // lower triangular: the odd blocks stand on the left
    const Square left = diagonal_blocks(x, c, 2, 1), right = diagonal_blocks(x, c, 2, 0);
    const Square yt = rounded(f, product(left, mn, product(one, one)));
    x = rounded(f, product(yt, right, product(left, one)));
  }
  for (int i = 0; i < n; ++i) {
    EXPECT_TRUE(x.at(i, i) == 1 || !std::isfinite(x.at(i, i)));
    x.at(i, i) = 0;
    for (int j = i + 1; j < n; ++j) x.at(i, j) = 0;
  }
  return x;
}

/// The same algebra in Y = X - I, sums in binary32 rounded once (docs/numerics.md).
inline Square by_vector(const Square& a, Format f, int b) {
  Square p = diagonal_blocks(a, b), y{a.n};
  for (std::size_t i = 0; i < y.v.size(); ++i) y.v[i] = -p.v[i] + 0.0F;
  const auto add = [](Square x, const Square& z) {
    for (std::size_t i = 0; i < x.v.size(); ++i) x.v[i] += z.v[i];
    return x;
  };
  for (int s = 2; s < b; s *= 2) {
    p = rounded(f, product(p, p));
    y = rounded(f, add(add(y, p), product(y, p)));
  }
  for (int c = b; c < a.n; c *= 2) {
    Square off{a.n};  // lower left block of every pair
    for (int i = 0; i < a.n; ++i)
      for (int j = 0; j < a.n; ++j)
        if (i / (2 * c) == j / (2 * c) && i / c > j / c) off.at(i, j) = a.at(i, j);
    const Square even = diagonal_blocks(y, c, 2, 0), odd = diagonal_blocks(y, c, 2, 1);
    const Square m = rounded(f, add(off, product(off, even)));
    Square merged = add(m, product(odd, m));
    for (float& x : merged.v) x = -x;
    y = add(y, rounded(f, merged));
  }
  return y;
}

}  // namespace tricycle::testing
