// SPDX-License-Identifier: Apache-2.0
//
// The normative sums: plain loops, k ascending. fast_float_mac.cpp, fast_half_mac.cpp and
// fast_integer_mac.cpp must give the same bits.
#include "models/numerics/mac.h"

#include <algorithm>

#include "models/numerics/multiply_add.h"

namespace tricycle {

namespace {

/// In steps of `fan_in` products.
template <typename T>
void sums_of_steps(const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                   MatrixRef<SumOf<T>> acc) {
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t k = 0; k < a.cols; k += spec.fan_in)
        acc.row(i)[j] = add_products<T>(spec, a.row(i) + k, b.row(k) + j, b.stride,
                                        std::min(spec.fan_in, a.cols - k), acc.row(i)[j]);
}

template <typename T>
void plain_sums(const MacSpec& spec, MatrixRef<const T> a, MatrixRef<const T> b,
                MatrixRef<SumOf<T>> acc) {
  if (sums_in_steps(spec.order)) return sums_of_steps(spec, a, b, acc);
  const bool tiled = spec.order == SumOrder::kTile;
  const std::int64_t pass =
      std::max<std::int64_t>(tiled ? std::min(spec.tile_k, a.cols) : a.cols, 1);
  for (std::int64_t i = 0; i < acc.rows; ++i)
    for (std::int64_t j = 0; j < acc.cols; ++j)
      for (std::int64_t first = 0; first < a.cols; first += pass) {
        SumOf<T> sum = tiled ? SumOf<T>{0} : acc.row(i)[j];
        sum = add_products<T>(spec, a.row(i) + first, b.row(first) + j, b.stride,
                              std::min(pass, a.cols - first), sum);
        acc.row(i)[j] = tiled ? add_partial(spec, acc.row(i)[j], sum) : sum;
      }
}

}  // namespace

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const float> a,
                                   MatrixRef<const float> b, MatrixRef<float> acc) {
  plain_sums(spec, a, b, acc);
}

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const double> a,
                                   MatrixRef<const double> b, MatrixRef<double> acc) {
  plain_sums(spec, a, b, acc);
}

void multiply_accumulate_normative(const MacSpec& spec, MatrixRef<const std::int16_t> a,
                                   MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc) {
  plain_sums(spec, a, b, acc);
}

}  // namespace tricycle
