// SPDX-License-Identifier: Apache-2.0
//
// Codes of integer formats whose scales are measured (formats.F.scaling): symmetric, without a zero
// point.  A value x of a set with the largest magnitude m is code x scale with the scale m / q, q
// the largest code.
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

/// q: the largest code of `bits` bits of which `longest` products of any two never leave the
/// accumulator: min(2^(bits-1) - 1, floor(sqrt((2^(w-1) - 1) / longest))), w its bits.
/// Preconditions: an integer accumulator, longest > 0.
std::int32_t largest_code(int bits, Accumulator accumulator, std::int64_t longest);

/// max(magnitude / largest, 2^-126) in binary32, correctly rounded; kPowerOfTwo: the least power of
/// two that is no less than that.  NaN of NaN, infinite of infinite.  NORMATIVE.
/// Preconditions: magnitude >= 0 or NaN, largest > 0.
float scale_of(float magnitude, std::int32_t largest, ScaleRounding rounding);

/// 1 / scale in binary32, correctly rounded: a normal number where the scale is finite.
inline float inverse_scale(float scale) { return 1.0F / scale; }

/// value x inverse, rounded to binary32, then to nearest even, within +-largest; 0 where that is
/// NaN.  NORMATIVE.  Never clips what is no larger than the magnitude its scale was measured on.
std::int32_t code_of(float value, float inverse, std::int32_t largest);

}  // namespace tricycle
