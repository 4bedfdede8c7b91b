// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/mac.h"

#include <algorithm>
#include <cmath>

#include "models/numerics/convert.h"
namespace tricycle {
namespace {
template <typename T>
void floats(const MacSpec& s, MatrixRef<const T> a, MatrixRef<const T> b, MatrixRef<T> acc) {
  const bool fused = s.multiply_add == MultiplyAdd::kFused || info(s.operands).bits == 16;
  const std::int64_t tile = s.order == SumOrder::kTile ? s.tile_k : a.cols;
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t k0 = 0; k0 < a.cols; k0 += tile) {
        T sum = s.order == SumOrder::kTile ? T{0} : acc.row(i)[j];
        for (std::int64_t k = k0; k < std::min(a.cols, k0 + tile); ++k)
          sum = fused ? std::fma(a.row(i)[k], b.row(k)[j], sum) : sum + a.row(i)[k] * b.row(k)[j];
        acc.row(i)[j] = s.order == SumOrder::kTile ? acc.row(i)[j] + sum : sum;
      }
}
}  // namespace
void multiply_accumulate_normative(const MacSpec& s, MatrixRef<const float> a,
                                   MatrixRef<const float> b, MatrixRef<float> acc) {
  floats(s, a, b, acc);
}
void multiply_accumulate_normative(const MacSpec& s, MatrixRef<const double> a,
                                   MatrixRef<const double> b, MatrixRef<double> acc) {
  floats(s, a, b, acc);
}
void multiply_accumulate_normative(const MacSpec& s, MatrixRef<const std::int16_t> a,
                                   MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t k = 0; k < a.cols; ++k)
        acc.row(i)[j] = clip_accumulator(acc.row(i)[j] + std::int64_t{a.row(i)[k]} * b.row(k)[j],
                                         s.accumulator, s.overflow);
}
void multiply_accumulate(const MacSpec& s, MatrixRef<const float> a, MatrixRef<const float> b,
                         MatrixRef<float> acc) {
  floats(s, a, b, acc);
}
void multiply_accumulate(const MacSpec& s, MatrixRef<const double> a, MatrixRef<const double> b,
                         MatrixRef<double> acc) {
  floats(s, a, b, acc);
}
void multiply_accumulate(const MacSpec& s, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  multiply_accumulate_normative(s, a, b, acc);
}
}  // namespace tricycle
