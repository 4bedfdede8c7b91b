// SPDX-License-Identifier: Apache-2.0
//
// Conversion of operands to codes with measured scales, and of their products back to numbers
// (formats.F.scaling; models/numerics/dynamic_scale.h).
#pragma once

#include "models/semantics/compute.h"

namespace tricycle {

/// sum <- sum + (+0 + (s_row float(acc)) s_column), with every operation rounded to binary32.
/// `sum` is dense, or empty: +0.  The accumulator holds sums of codes.
void add_scaled(const Epilogue& op, const ValueInputs& in, Elements<float>& sum);
// Must not be called: throws RunError.
void add_scaled(const Epilogue& op, const ValueInputs& in, Elements<double>& sum);

}  // namespace tricycle
