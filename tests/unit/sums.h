// SPDX-License-Identifier: Apache-2.0
//
// Sums of one row and column, and values to make them of.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"
#include "tests/unit/mpfr_float.h"

namespace tricycle::testing {

/// acc + a b of one row and one column, in both forms, which must agree.
inline float sum_of(const MacSpec& spec, const std::vector<double>& a, const std::vector<double>& b,
                    double acc) {
  const std::vector<float> x(a.begin(), a.end()), y(b.begin(), b.end());
  const auto k = static_cast<std::int64_t>(a.size());
  const MatrixRef<const float> row{x.data(), 1, k, k}, column{y.data(), k, 1, 1};
  auto fast = static_cast<float>(acc), normative = fast;
  multiply_accumulate(spec, row, column, MatrixRef<float>{&fast, 1, 1, 1});
  multiply_accumulate_normative(spec, row, column, MatrixRef<float>{&normative, 1, 1, 1});
  EXPECT_TRUE(same_value(static_cast<double>(fast), static_cast<double>(normative)));
  return normative;
}

/// Values of the format of up to 2^-`spread` times one, or of all its codes where spread is 0.
inline double any_value(Format format, int spread, std::mt19937_64& random) {
  for (;;) {
    const double v =
        spread == 0
            ? decode_float(format, random() >> (64 - info(format).bits))
            : decode_float(
                  format,
                  encode_float(format,
                               std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                          -63 - int(random() % unsigned(spread)))));
    if (std::isfinite(v)) return v;
  }
}
inline std::vector<double> any_values(Format format, std::size_t count, int spread,
                                      std::mt19937_64& random) {
  std::vector<double> out(count);
  for (double& v : out) v = any_value(format, spread, random);
  return out;
}

}  // namespace tricycle::testing
