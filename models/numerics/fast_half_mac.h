// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/numerics/mac.h"

namespace tricycle {

/// multiply_accumulate for Accumulator::kFp16 in the orders kSequential and kTile.
void sum_in_fp16(const MacSpec& spec, MatrixRef<const float> a, MatrixRef<const float> b,
                 MatrixRef<float> acc);

}  // namespace tricycle
