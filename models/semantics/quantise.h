// SPDX-License-Identifier: Apache-2.0
//
// Operands as codes whose scales are measured, and their products as numbers again
// (formats.F.scaling; models/numerics/dynamic_scale.h).
#pragma once

#include "models/semantics/compute.h"

namespace tricycle {

/// sum <- sum + (+0 + (s_row float(acc)) s_column), every operation rounded to binary32; `sum` is
/// dense, or empty: +0.  The accumulator holds sums of codes.
void add_scaled(const Combine& op, const ValueInputs& in, Elements<float>& sum);
void add_scaled(const Combine& op, const ValueInputs& in,
                Elements<double>& sum);  // never: RunError

}  // namespace tricycle
