// SPDX-License-Identifier: Apache-2.0
//
// The normative sums: plain loops, k ascending.  fast_float_mac.cpp and fast_integer_mac.cpp must
// equal them.
#include "models/numerics/mac.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/convert.h"

namespace tricycle {

namespace {

template <typename T>
void sum_floats(const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b, MatrixRef<T> acc) {
  // A product of two 16-bit floats has at most 22 significant bits: exact before the addition.
  const bool fused = spec.multiply_add == MultiplyAdd::kFused || info(spec.operands).bits == 16;
  const bool tiled = spec.order == SumOrder::kTile;
  const std::int64_t pass = tiled ? spec.tile_k : std::max<std::int64_t>(a.cols, 1);
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t first = 0; first < a.cols; first += pass) {
        T sum = tiled ? T{0} : acc.row(i)[j];
        for (std::int64_t k = first; k < std::min(a.cols, first + pass); ++k) {
          const T x = a.row(i)[k], y = b.row(k)[j];
          sum = fused ? std::fma(x, y, sum) : sum + x * y;
        }
        acc.row(i)[j] = tiled ? acc.row(i)[j] + sum : sum;
      }
}

}  // namespace

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const float> a,
                                   MatrixRef<const float> b, MatrixRef<float> acc) {
  sum_floats(spec, a, b, acc);
}

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const double> a,
                                   MatrixRef<const double> b, MatrixRef<double> acc) {
  sum_floats(spec, a, b, acc);
}

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                                   MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  const bool tiled = spec.order == SumOrder::kTile;
  const std::int64_t pass = tiled ? spec.tile_k : std::max<std::int64_t>(a.cols, 1);
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t first = 0; first < a.cols; first += pass) {
        std::int64_t sum = tiled ? 0 : acc.row(i)[j];
        for (std::int64_t k = first; k < std::min(a.cols, first + pass); ++k)
          sum = clip_accumulator(sum + std::int64_t{a.row(i)[k]} * b.row(k)[j], spec.accumulator,
                                 spec.overflow);
        acc.row(i)[j] =
            tiled ? clip_accumulator(acc.row(i)[j] + sum, spec.accumulator, spec.overflow) : sum;
      }
}

}  // namespace tricycle
