// SPDX-License-Identifier: Apache-2.0
//
// Inverses of production kernels in plain loops over whole matrices, written from their formulas.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/bitexact/plain_arithmetic.h"
#include "tests/bitexact/plain_masks.h"
#include "tests/bitexact/plain_product_form.h"
#include "workloads/inversion/block_nested.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"
#include "workloads/inversion/newton_schulz.h"
#include "workloads/inversion/ns_blocks.h"

namespace tricycle::testing {

inline Keep same_block(int b) { return block_distance(b, 0, 0); }
inline const Keep kLowerAndDiagonal = distance(0);

/// m + diagonal I.
inline Plain plus_diagonal(const Arithmetic& ar, Plain m, double diagonal) {
  for (int i = 0; i < m.size; ++i) m.at(i, i) = ar.round(ar.add(m.at(i, i), diagonal), 0, 0);
  return m;
}

inline Plain newton_schulz(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Keep lower = distance(0);
  Plain x = ar.zeros(a.size), two = ar.zeros(a.size);
  for (int i = 0; i < a.size; ++i) {
    x.at(i, i) = p.get(kStart) == NewtonStart::kTriangular ? 1 : 1.0 / (2 * a.size);
    two.at(i, i) = -2;
  }
  if (p.get(kStart) == NewtonStart::kTriangular)
    overwrite(x, ar.store({&a}, {}, true, kLower), kLower);
  else
    x = ar.load(a.size, x.values);
  for (int s = 0; s < p.get(kSteps); ++s) {
    const Plain w = ar.store({&two, &x}, ar.product(a, x), true, lower);
    x = ar.store({}, ar.product(x, w), false, lower);
  }
  for (int i = 0; i < a.size; ++i) x.at(i, i) = ar.round(ar.add(x.at(i, i), -1), 0, 0);
  return x;
}

/// Levels b = block, block * first_join, .. * join, ..  What the kernel multiplies by its diagonal
/// of ones is rounded as an operand.
inline Plain block_nested(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  int b = p.get(kBlock);
  const Plain n1 = ar.store({&a}, {}, true, both(same_block(b), kLower));
  const Plain n1_once = ar.operand(n1);
  const int headroom = ar.is_float() ? 0 : ar.iterate_fraction();
  Plain y = n1;
  for (int s = 2; s < b; ++s)
    y = ar.store({&n1_once}, ar.product(n1, y), false, both(same_block(b), kLower),
                 s == b - 1 ? ar.fraction() : headroom);
  for (int level = 0; b < a.size; ++level) {
    const int left = (a.size - 1) / b + 1;
    const int r = std::min(level == 0 ? p.get(kFirstJoin) : p.get(kJoin), left);
    const Keep kept = both(same_block(b * r), kLower);
    const Plain l = ar.store({&a}, {}, true, both(block_distance(b, 1), kept));
    const Plain l_once = ar.operand(l);
    std::vector<Plain> powers{ar.store({&l_once}, ar.product(y, l), false, kept)};
    for (int power = 2; power < r; power *= 2)
      powers.push_back(
          ar.store({}, ar.product(powers.back(), powers.back()), false, kept, headroom));
    for (auto power = powers.rbegin(); power != powers.rend(); ++power) {
      const Plain once = ar.operand(*power);
      y = ar.store({&y, &once}, ar.product(*power, y), false, kept,
                   std::next(power) == powers.rend() ? ar.fraction() : headroom);
    }
    b *= r;
  }
  return y;
}

inline Plain block_ps4(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const int b = p.get(kBlock);
  const Keep inside = both(same_block(b), kLowerAndDiagonal);
  const Plain n = ar.store({&a}, {}, true, inside), first = plus_diagonal(ar, n, 1);
  Plain s = first;
  if (b > 2) {
    const Plain n2 = ar.store({}, ar.product(n, n), false, inside),
                n3 = ar.store({}, ar.product(n2, n), false, inside),
                n4 = ar.store({}, ar.product(n2, n2), false, inside),
                terms = ar.store({&first, &n2, &n3}, {}, false, inside);
    s = terms;
    for (int known = 4; known < b; known += 4)
      s = ar.store({&terms}, ar.product(n4, s), false, inside);
  }
  for (int edge = b; edge < a.size; edge *= 2) {
    const Keep corner = both(same_block(2 * edge), block_distance(edge, 1, 1));
    const Plain m = ar.store({}, ar.product(s, a), true, corner);
    s = ar.store({&s}, ar.product(m, s), false, kLowerAndDiagonal);
  }
  return plus_diagonal(ar, s, -1);
}

/// Blocks one after the other, then the blocks at distance 1, 2, ..  The master is as wide as sums.
inline Plain ns_blocks(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const int b = p.get(kBlock), count = (a.size - 1) / b + 1;
  const Arithmetic wide(ar.format() == Format::kFp64 ? Format::kFp64 : Format::kFp32);
  const auto block = [=](int rows, int first, int last) {  // columns of blocks first .. last
    return [=](int i, int j) { return i / b == rows && j / b >= first && j / b <= last; };
  };
  Plain x = ar.zeros(a.size);
  for (int n = 0; n < count; ++n) {
    const Keep here = both(block(n, n, n), kLowerAndDiagonal), below = both(here, kLower);
    Plain own = ar.zeros(a.size), minus = ar.zeros(a.size);
    overwrite(own, ar.store({&a}, {}, true, below), below);
    overwrite(minus, own, below);
    for (int i = n * b; i < std::min((n + 1) * b, a.size); ++i) {
      own.at(i, i) = 1;
      minus.at(i, i) = -1;
    }
    Plain master = own;
    for (int round = 0; round < p.get(kRounds); ++round) {
      const Plain power = ar.store({}, ar.product(own, minus), false, here);
      master = wide.store({&master, &master}, ar.product(power, own), false, here);
      own = ar.store({&master}, {}, false, here);
    }
    overwrite(x, own, here);
  }
  for (int d = 1; d < count; ++d)
    for (int row = d; row < count; ++row) {
      const int col = row - d;
      const Keep here = block(row, col, col);
      const Plain own = kept(x, block(row, row, row)),
                  above = kept(
                      x, [=](int i, int j) { return i / b >= col && i / b < row && j / b == col; });
      const Plain coefficients = kept(a, block(row, col, row - 1));
      const Plain sum = d == 1 ? ar.store({}, ar.product(own, coefficients), true, here)
                               : ar.store({}, ar.product(coefficients, above), false, here);
      overwrite(x,
                d == 1 ? ar.store({}, ar.product(sum, above), false, here)
                       : ar.store({}, ar.product(own, sum), true, here),
                here);
    }
  return kept(plus_diagonal(ar, x, -1), kLowerAndDiagonal);
}

inline Plain tt_doubling(const Arithmetic& ar, const Plain& a, const Parameters&) {
  Plain power = ar.store({&a}, {}, true, kLower);
  Plain s = plus_diagonal(ar, power, 1);
  for (int terms = 2; terms < a.size; terms *= 2) {
    power = ar.store({}, ar.product(power, power), false, kLower);
    const Plain t = ar.store({}, ar.product(power, s), false, kLower);
    s = ar.store({&s, &t}, {}, false, kLowerAndDiagonal);
  }
  return plus_diagonal(ar, s, -1);
}

inline Plain tt_horner(const Arithmetic& ar, const Plain& a, const Parameters&) {
  const Plain n = ar.store({&a}, {}, true, kLower);
  const Plain identity = plus_diagonal(ar, ar.zeros(a.size), 1);
  Plain s = plus_diagonal(ar, n, 1);
  for (int terms = 2; terms < a.size; ++terms)
    s = ar.store({&identity}, ar.product(n, s), false, kLowerAndDiagonal);
  return plus_diagonal(ar, s, -1);
}

}  // namespace tricycle::testing
