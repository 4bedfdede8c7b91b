// SPDX-License-Identifier: Apache-2.0
//
// auto(tol) in plain loops, written from the formulas in workloads/inversion/auto.cpp.
#pragma once

#include <algorithm>
#include <cmath>

#include "tests/bitexact/plain_arithmetic.h"
#include "tests/bitexact/plain_masks.h"
#include "workloads/inversion/auto.h"
#include "workloads/inversion/neumann.h"

namespace tricycle::testing {

/// Norms in T: every operation rounded, rows and columns summed from their begin.
template <typename T>
struct PlainNorms {
  T rows{0}, columns{0}, frobenius{0};
  explicit PlainNorms(const Plain& m) {
    std::vector<T> of_columns(static_cast<std::size_t>(m.size), T{0});
    T squares{0};
    for (int i = 0; i < m.size; ++i) {
      T row{0};
      for (int j = 0; j < m.size; ++j) {
        const T x = static_cast<T>(std::abs(m.at(i, j)));
        const T square = x * x;
        row = row + x;
        squares = squares + square;
        of_columns[static_cast<std::size_t>(j)] = of_columns[static_cast<std::size_t>(j)] + x;
      }
      if (!(row <= rows)) rows = row;  // a NaN stays: nothing is at most NaN, nor NaN at most it
      if (std::isnan(row)) any_nan = true;
    }
    for (const T sum : of_columns)
      if (!(sum <= columns)) columns = sum;
    frobenius = std::sqrt(squares);
    if (any_nan) rows = columns = frobenius = std::numeric_limits<T>::quiet_NaN();
  }
  double of(AutoGuard guard) const {
    if (guard == AutoGuard::kFrobenius) return frobenius;
    const T product = rows * columns;
    const T root = std::sqrt(product);
    return root < frobenius ? root : frobenius;
  }

 private:
  bool any_nan = false;
};

struct GuardOf {
  double norm, rows;
};
inline GuardOf guard_of(const PlainArithmetic& ar, const Plain& m, AutoGuard guard) {
  if (ar.format() == Format::kFp64) {
    const PlainNorms<double> n(m);
    return {n.of(guard), n.rows};
  }
  const PlainNorms<float> n(m);
  return {n.of(guard), n.rows};
}

struct PlainAuto {
  Plain y;
  int products = 0;
};

inline PlainAuto auto_product_form(const PlainArithmetic& ar, const Plain& a, AutoGuard guard,
                                   double tol) {
  PlainAuto r{ar.store({&a}, {}, true, kLower)};
  Plain e = a;
  for (int exact = 2; exact < a.size; exact *= 2) {
    e = ar.store({}, ar.product(e, e), false, kLower);
    ++r.products;
    const double norm = guard_of(ar, e, guard).norm;
    if (norm <= tol) return r;
    r.y = ar.store({&r.y, &e}, ar.product(r.y, e), false, kLower);
    ++r.products;
    if (norm <= std::sqrt(tol)) return r;
  }
  return r;
}

inline PlainAuto auto_newton(const PlainArithmetic& ar, const Plain& a, AutoGuard guard, double tol,
                             int order) {
  const Plain band = kept(a, distance(1, order));
  PlainAuto r{ar.store({&band}, {}, true, distance(1, 1)), order - 1};
  for (int s = 2; s <= order; ++s)
    r.y = ar.store({&band}, ar.product(band, r.y), true, distance(1, s));
  for (int w = order + 1; w < a.size; w *= 2) {
    const Plain all = ar.store({&r.y, &a}, ar.product(a, r.y), true, distance(w, a.size));
    ++r.products;
    const double norm = guard_of(ar, all, guard).norm;
    if (norm <= tol) return r;
    ++r.products;
    const bool last = norm <= std::sqrt(tol);
    const int kept_to = last ? a.size : 2 * w - 1;
    const Plain e = kept(all, distance(1, kept_to));
    r.y = ar.store({&r.y, &e}, ar.product(r.y, e), false, distance(1, kept_to));
    if (last) return r;
  }
  return r;
}

inline PlainAuto auto_with_products(const PlainArithmetic& ar, const Plain& a,
                                    const AlgorithmParameters& p) {
  const double tol = std::ldexp(1.0, -p.get(kTolerance));
  const AutoGuard guard = p.get(kGuard);
  const GuardOf of_a = guard_of(ar, a, guard);
  if (of_a.norm <= std::sqrt(tol)) return {ar.store({&a}, {}, true, kLower)};
  const double large = guard == AutoGuard::kBound ? of_a.rows : of_a.norm;
  return large <= 1 ? auto_product_form(ar, a, guard, tol)
                    : auto_newton(ar, a, guard, tol, p.get(kOrder));
}

inline Plain auto_products(const PlainArithmetic& ar, const Plain& a,
                           const AlgorithmParameters& p) {
  return auto_with_products(ar, a, p).y;
}

}  // namespace tricycle::testing
