// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tricycle::bench {

/// c = a b, square row-major matrices, by Eigen's sgemm compiled for this host.
void eigen_product(const float* a, const float* b, float* c, std::int64_t size);

/// c += a b by the plain loop over rows that compilers vectorise: int8 operands, int32 sums.
void plain_int8_product(const std::int8_t* a, const std::int8_t* b, std::int32_t* c,
                        std::int64_t size);

}  // namespace tricycle::bench
