// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/eigen_reference.h"

#include <Eigen/Core>

namespace tricycle::bench {

void eigen_product(const float* a, const float* b, float* c, std::int64_t size) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<Matrix>(c, size, size).noalias() =
      Eigen::Map<const Matrix>(a, size, size) * Eigen::Map<const Matrix>(b, size, size);
}

void plain_int8_product(const std::int8_t* a, const std::int8_t* b, std::int32_t* c,
                        std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t k = 0; k < size; ++k) {
      const std::int32_t x = a[i * size + k];
      for (std::int64_t j = 0; j < size; ++j) c[i * size + j] += x * b[k * size + j];
    }
}

}  // namespace tricycle::bench
