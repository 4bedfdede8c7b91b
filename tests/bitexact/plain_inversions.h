// SPDX-License-Identifier: Apache-2.0
//
// The inversions in plain loops over whole matrices, written from their formulas.
#pragma once

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "tests/bitexact/plain_arithmetic.h"
#include "tests/bitexact/plain_auto.h"
#include "tests/bitexact/plain_masks.h"
#include "tests/bitexact/plain_product_form.h"
#include "tests/bitexact/plain_shipped.h"
#include "workloads/algorithm.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/neumann.h"
#include "workloads/inversion/newton_schulz.h"
#include "workloads/inversion/product_form.h"

namespace tricycle::testing {

inline Plain masked_newton(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Plain band = kept(a, distance(1, p.get(kOrder)));
  Plain y = ar.store({&band}, {}, true, distance(1, 1));
  for (int s = 2; s <= p.get(kOrder); ++s)
    y = ar.store({&band}, ar.product(band, y), true, distance(1, s));
  for (int w = p.get(kOrder) + 1; w < a.size; w *= 2) {
    const Plain e = ar.store({&y, &a}, ar.product(a, y), true, distance(w, 2 * w - 1));
    y = ar.store({&y, &e}, ar.product(y, e), false, distance(1, 2 * w - 1));
  }
  return y;
}

/// Lower-left blocks of pairs of b-blocks, b = first .. last / 2.
inline Plain merged(const Arithmetic& ar, const Plain& a, Plain y, int first, int last) {
  for (int b = first; b < std::min(last, a.size); b *= 2) {
    const Keep off = both(block_distance(2 * b, 0, 0), block_distance(b, 1, 1));
    // Pair by pair where one measured scale would be that of all.
    const int pair = ar.shares_scales() ? 2 * b : a.size;
    for (int begin = 0; begin < a.size; begin += pair) {
      const Keep here = both(off, [=](int i, int) { return i / pair == begin / pair; });
      const Keep left = [=](int i, int) { return i / pair == begin / pair && i / b % 2 == 0; };
      const Keep right = [=](int i, int) { return i / pair == begin / pair && i / b % 2 == 1; };
      const bool all = !ar.shares_scales();
      const Plain m =
          ar.store({&a}, ar.product(kept(a, here), all ? y : kept(y, left)), false, here);
      Plain corner = ar.store({&m}, ar.product(all ? y : kept(y, right), m), true, here);
      for (double& v : corner.values) v += 0.0;  // added to a zero: -0 becomes +0
      overwrite(y, corner, here);
    }
  }
  return y;
}

inline Plain block_horner(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Plain yb = merged(ar, a, ar.zeros(a.size), 1, p.get(kBlock));
  const Plain e = ar.store({&yb, &a}, ar.product(a, yb), true, block_distance(p.get(kBlock), 1));
  Plain y = yb;
  for (int s = 1; s * p.get(kBlock) < a.size; ++s)
    y = ar.store({&yb, &e}, ar.product(y, e), false,
                 both(block_distance(p.get(kBlock), -s, s), kLower));
  return y;
}

inline Plain column_sweep(const Arithmetic& ar, const Plain& a, const Parameters&) {
  Plain x = ar.zeros(a.size);  // column j begins as the unit vector
  for (int j = 0; j < a.size; ++j)
    for (int k = j; k < a.size; ++k)
      for (int i = k + 1; i < a.size; ++i) {
        if (k == j) {
          x.at(i, j) = ar.round(0 - a.at(i, k), ar.fraction(), ar.fraction());
          continue;
        }
        const double known = -x.at(k, j);
        const double old = std::ldexp(x.at(i, j), ar.fraction());
        x.at(i, j) =
            ar.round(ar.multiply_add(a.at(i, k), known, old), 2 * ar.fraction(), ar.fraction());
      }
  return x;
}

/// M_k = I - a_k e_k^T from the left, one k after the other.
inline Plain matrix_column_sweep(const Arithmetic& ar, const Plain& a, const Parameters&) {
  Plain y = ar.zeros(a.size);
  for (int k = 0; k + 1 < a.size; ++k) {
    const Keep column = [=](int i, int j) { return i > k && j == k; };
    Plain m = kept(a, column);
    for (double& v : m.values) v = 0 - v;
    y = ar.store({&y, &m}, ar.product(m, y), false, kLower);
  }
  return y;
}

/// y_i <- -(l_i + sum_j a_ij y_j) over the rows of the block above row i.
inline void substitute_row(const Arithmetic& ar, const Plain& a, const Plain& linear, Plain& y,
                           int begin, int i) {
  for (int c = 0; c < i; ++c) {
    const double l = std::ldexp(linear.at(i, c), ar.fraction());
    double sum = ar.is_float() ? 0 : l;
    for (int j = begin; j < i; ++j) sum = ar.multiply_add(a.at(i, j), y.at(j, c), sum);
    y.at(i, c) =
        ar.round(-(ar.is_float() ? ar.add(l, sum) : sum), 2 * ar.fraction(), ar.fraction());
  }
}

inline Plain blocked_substitution(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  const Plain inside = kept(a, block_distance(p.get(kBlock), 0, 0));
  for (int i = 0; i < a.size; ++i) substitute_row(ar, inside, inside, y, i - i % p.get(kBlock), i);
  // In front of the block there is nothing yet: -(0 + 0).
  y = kept(y, block_distance(p.get(kBlock), 0, 0));
  return merged(ar, a, y, p.get(kBlock), a.size);
}

inline Plain block_elimination(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += p.get(kBlock)) {
    const Keep of_block = [&](int i, int j) {
      return j < begin && i / p.get(kBlock) == begin / p.get(kBlock);
    };
    const Plain sum = ar.product(kept(a, of_block), y);
    const Plain m = ar.store({&a}, sum, false, block_distance(p.get(kBlock), 1));
    Plain linear = a;
    overwrite(linear, m, block_distance(p.get(kBlock), 1));
    for (int i = begin; i < std::min(begin + p.get(kBlock), a.size); ++i)
      substitute_row(ar, a, linear, y, begin, i);
  }
  return y;
}

inline Plain neumann_truncated(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const int fraction = ar.is_float() ? 0 : ar.iterate_fraction();
  Plain y = ar.store({&a}, {}, true, kLower, fraction);
  for (int s = 2; s <= p.get(kOrder); ++s)
    y = ar.store({&a}, ar.product(a, y), true, kLower, fraction);
  return y;
}

/// The start of masked_newton; E;  Y <- (Y0 + E) + Y E, or one of the other two evaluations.
inline Plain neumann_masked(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Plain band = kept(a, distance(1, p.get(kMaskWidth)));
  Plain y0 = ar.store({&band}, {}, true, distance(1, 1));
  if (p.get(kOrder) == 1) y0 = ar.store({&band}, {}, true, distance(1, p.get(kMaskWidth)));
  for (int s = 2; s <= p.get(kOrder); ++s)
    y0 = ar.store(
        {&band}, ar.product(band, y0), true,
        distance(1, s == p.get(kOrder) ? p.get(kMaskWidth) : std::min(s, p.get(kMaskWidth))));
  if (p.get(kSteps) == 1) return y0;
  const Keep wrong = distance(std::min(p.get(kOrder), p.get(kMaskWidth)) + 1);
  Plain e = ar.store({&y0, &a}, ar.product(a, y0), true, wrong), y = y0;
  switch (p.get(kEvaluation)) {
    case Evaluation::kHorner:
      for (int s = 1; s < p.get(kSteps); ++s)
        y = ar.store({&y0, &e}, ar.product(y, e), false, kLower);
      break;
    case Evaluation::kDoubling:
      for (int k = 1; k < p.get(kSteps); k *= 2) {
        y = ar.store({&y, &e}, ar.product(y, e), false, kLower);
        e = ar.store({}, ar.product(e, e), false, kLower);
      }
      break;
    case Evaluation::kPowers: {
      Plain sum = e, power = e;
      for (int s = 2; s < p.get(kSteps); ++s) {
        power = ar.store({}, ar.product(power, e), false, kLower);
        sum = ar.store({&sum, &power}, {}, false, kLower);
      }
      y = ar.store({&y0, &sum}, ar.product(y0, sum), false, kLower);
      break;
    }
  }
  return y;
}

inline Plain neumann_masked_blockwise(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += p.get(kBlock)) {
    const int size = std::min(p.get(kBlock), a.size - begin);
    if (size < 2) continue;
    const Keep here = [=](int i, int j) { return i >= begin && i < begin + size && j >= begin; };
    Parameters own = p;
    own.set(kOrder, std::min(p.get(kOrder), size - 1));
    own.set(kMaskWidth, std::min(p.get(kMaskWidth), size - 1));
    overwrite(y, neumann_masked(ar, kept(a, here), own), both(here, kLower));
  }
  for (double& v : y.values) v += 0.0;
  return merged(ar, a, y, p.get(kBlock), a.size);
}

inline Plain block_doubling(const Arithmetic& ar, const Plain& a, const Parameters&) {
  return merged(ar, a, ar.zeros(a.size), 1, a.size);
}

inline Plain forward_substitution(const Arithmetic& ar, const Plain& a, const Parameters&) {
  Plain y = ar.zeros(a.size);
  for (int i = 0; i < a.size; ++i) substitute_row(ar, a, a, y, 0, i);
  return y;
}

/// By the vector unit.
inline Plain mixed_recursive(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  Plain y = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += p.get(kBlock)) {
    const Keep here = both(kLower, [=](int i, int j) {
      return i / p.get(kBlock) == begin / p.get(kBlock) &&
             j / p.get(kBlock) == begin / p.get(kBlock);
    });
    Plain power = kept(a, here);
    if (p.get(kLoop) == ProductLoop::kFlashKda) {
      overwrite(y, product_form_in_two_steps(ar, power, ceil_log2(p.get(kBlock)) - 1), here);
      continue;
    }
    Plain x = ar.store({&power}, {}, true, here);
    for (int s = 2; s < p.get(kBlock); s *= 2) {
      power = ar.store({}, ar.product(power, power), false, here);
      x = ar.store({&x, &power}, ar.product(x, power), false, here);
    }
    overwrite(y, x, here);
  }
  for (double& v : y.values) v += 0.0;
  return merged(ar, a, y, p.get(kBlock), a.size);
}

inline Plain diagonal_split(const Arithmetic& ar, const Plain& a, const Parameters& p) {
  const Keep inside = block_distance(p.get(kBlock), 0, 0), below = block_distance(p.get(kBlock), 1);
  const Plain d = kept(a, inside), n = kept(a, below);
  // Block by block: scales that are measured are those of one block.
  const int step = ar.measures_scales() ? p.get(kBlock) : a.size;
  const auto strip = [=](int begin) {
    return [=](int i, int) { return i / step == begin / step; };
  };
  Plain yd = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += step)
    overwrite(yd, product_form(ar, kept(d, strip(begin)), ceil_log2(p.get(kBlock)) - 1),
              strip(begin));
  if (p.get(kBlock) >= a.size) return yd;
  Plain b = ar.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += step) {
    const Keep here = strip(begin);
    overwrite(b, ar.store({&n}, ar.product(kept(yd, here), kept(n, here)), false, below), here);
  }
  const Plain z = kept(product_form(ar, b, ceil_log2((a.size - 1) / p.get(kBlock) + 1) - 1), below);
  return ar.store({&z, &yd}, ar.product(z, yd), false, kLower);
}

inline const std::map<std::string_view,
                      Plain (*)(const Arithmetic&, const Plain&, const Parameters&)>
    kPlainLoops{{"auto", auto_products},
                {"masked_newton", masked_newton},
                {"block_horner", block_horner},
                {"column_sweep", column_sweep},
                {"blocked_substitution", blocked_substitution},
                {"block_elimination", block_elimination},
                {"solve_unit", block_elimination},
                {"neumann_product", neumann_product},
                {"neumann_truncated", neumann_truncated},
                {"newton_schulz", newton_schulz},
                {"diagonal_split", diagonal_split},
                {"matrix_column_sweep", matrix_column_sweep},
                {"block_nested", block_nested},
                {"block_ps4", block_ps4},
                {"ns_blocks", ns_blocks},
                {"tt_doubling", tt_doubling},
                {"tt_horner", tt_horner}};

/// .. and of those that golden files hold in other formats.
inline const decltype(kPlainLoops) kPlainLoopsOfGolden{
    {"forward_substitution", forward_substitution},
    {"neumann_masked", neumann_masked},
    {"neumann_masked_blockwise", neumann_masked_blockwise},
    {"block_doubling", block_doubling},
    {"mixed_recursive", mixed_recursive}};

/// The settings of an algorithm that take paths of their own.
inline std::vector<AlgorithmOptions> settings_of(std::string_view algorithm) {
  std::vector<AlgorithmOptions> all(1);
  const auto another = [&] { return all.emplace_back(), &all.back(); };
  if (algorithm == "neumann_product")
    for (const auto& [name, loop] : kProductLoops) another()->set(kLoop, loop);
  if (algorithm == "mixed_recursive") another()->set(kLoop, ProductLoop::kFlashKda);
  if (algorithm == "neumann_masked") another()->set(kEvaluation, Evaluation::kPowers);
  if (algorithm == "newton_schulz") another()->set(kStart, NewtonStart::kScaledIdentity);
  if (algorithm == "masked_newton" || algorithm == "neumann_truncated") another()->set(kOrder, 5);
  if (algorithm == "block_horner" || algorithm == "blocked_substitution" ||
      algorithm == "block_elimination" || algorithm == "diagonal_split" ||
      algorithm == "solve_unit" || algorithm == "block_ps4" || algorithm == "ns_blocks")
    another()->set(kBlock, 4);
  if (algorithm == "auto") {
    another()->set(kTolerance, 4);
    another()->set(kTolerance, 14).set(kGuard, AutoGuard::kFrobenius).set(kOrder, 2);
  }
  if (algorithm == "block_nested") another()->set(kBlock, 2).set(kFirstJoin, 8).set(kJoin, 2);
  return all;
}

}  // namespace tricycle::testing
