// SPDX-License-Identifier: Apache-2.0
//
// A product whose operands are quantised with measured scales, from the formulas of
// docs/numerics.md, in binary64 and without anything of the library: a second opinion.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/bitexact/plain_arithmetic.h"

namespace tricycle::testing {

struct DynamicRule {
  int bits = 8, accumulator_bits = 32;
  enum class Scales { kTensor, kRowColumn, kBlock } scales = Scales::kRowColumn;
  int block = 32;
  bool power_of_two = false;

  /// The largest code, where sums are of `size` products.
  double largest(int size) const {
    const int longest = scales == Scales::kBlock ? std::min(block, size) : size;
    // No integer so small is within a rounding error of its root.
    const double root =
        std::floor(std::sqrt((std::ldexp(1.0, accumulator_bits - 1) - 1) / longest));
    return std::min(std::ldexp(1.0, bits - 1) - 1, root);
  }
};

/// Quotients and products of binary32 numbers in binary64, rounded once more: correctly rounded,
/// as 53 >= 2 x 24 + 2.
inline double single(double value) { return static_cast<float>(value); }

inline double dynamic_scale(double magnitude, double largest, bool power_of_two) {
  const double scale = std::max(single(magnitude / largest), std::ldexp(1.0, -126));
  if (std::isnan(magnitude) || std::isinf(magnitude)) return magnitude;
  if (!power_of_two) return scale;
  int exponent = 0;
  const double significand = std::frexp(scale, &exponent);  // in [1/2, 1)
  return std::ldexp(1.0, significand == 0.5 ? exponent - 1 : exponent);
}

inline double dynamic_code(double value, double scale) {
  const double code = std::nearbyint(single(value * single(1 / scale)));
  return std::isnan(code) ? 0 : code;
}

/// a b by the rule; both square, of one size.
inline Plain dynamic_product(const DynamicRule& rule, const Plain& a, const Plain& b) {
  const int n = a.size, step = rule.scales == DynamicRule::Scales::kBlock ? rule.block : n;
  const double largest = rule.largest(n);
  Plain out{n, 0};
  const auto larger = [](double m, double v) {
    return std::isnan(m) || std::isnan(v) ? std::numeric_limits<double>::quiet_NaN()
                                          : std::max(m, std::fabs(v));
  };
  for (int begin = 0; begin < n; begin += step) {
    const int end = std::min(n, begin + step);
    std::vector<double> rows(static_cast<std::size_t>(n)), cols(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i)
      for (int k = begin; k < end; ++k) {
        double &row = rows[static_cast<std::size_t>(i)], &col = cols[static_cast<std::size_t>(i)];
        row = larger(row, a.at(i, k));
        col = larger(col, b.at(k, i));
      }
    for (auto* magnitudes : {&rows, &cols}) {
      double all = 0;
      for (double m : *magnitudes) all = larger(all, m);
      for (double& m : *magnitudes)
        m = dynamic_scale(rule.scales == DynamicRule::Scales::kTensor ? all : m, largest,
                          rule.power_of_two);
    }
    Plain codes_a{n, 0}, codes_b{n, 0};
    for (int i = 0; i < n; ++i)
      for (int k = begin; k < end; ++k) {
        codes_a.at(i, k) = dynamic_code(a.at(i, k), rows[static_cast<std::size_t>(i)]);
        codes_b.at(k, i) = dynamic_code(b.at(k, i), cols[static_cast<std::size_t>(i)]);
      }
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        double sum = 0;  // of integers below 2^47: exact
        for (int k = begin; k < end; ++k) sum += codes_a.at(i, k) * codes_b.at(k, j);
        const double of_row = single(single(sum) * rows[static_cast<std::size_t>(i)]);
        const double product = single(of_row * cols[static_cast<std::size_t>(j)]);
        out.at(i, j) = single(out.at(i, j) + (0.0 + product));
      }
  }
  return out;
}

}  // namespace tricycle::testing
