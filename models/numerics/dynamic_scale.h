// SPDX-License-Identifier: Apache-2.0
//
// Codes of integer formats whose scales are measured (formats.F.scaling).  They are symmetric,
// without a zero point.  A value x is code x scale.  The scale is m / q, where m is the largest
// magnitude of the set that shares it and q is the largest code.
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

/// q, the largest code of `bits` bits for which a sum of `longest` products of any two codes never
/// leaves the accumulator: min(2^(bits-1) - 1, floor(sqrt((2^(w-1) - 1) / longest))), where w is
/// the accumulator's width in bits.  Preconditions: an integer accumulator, longest > 0.
std::int32_t largest_code(int bits, Accumulator accumulator, std::int64_t longest);

/// max(magnitude / largest, 2^-126) in binary32, correctly rounded. kPowerOfTwo: the least power of
/// two that is no less than that.  A NaN magnitude gives NaN, an infinite one infinity.  NORMATIVE.
/// Preconditions: magnitude >= 0 or NaN, largest > 0.
float scale_of(float magnitude, std::int32_t largest, ScaleRounding rounding);

/// 1 / scale in binary32, correctly rounded.  It is a normal number where the scale is finite.
inline float inverse_scale(float scale) { return 1.0F / scale; }

/// value x inverse, rounded to binary32, then to nearest even, and clipped to +-largest; 0 where it
/// is NaN.  NORMATIVE.  It never clips a value no larger than the magnitude on which its scale was
/// measured.
std::int32_t code_of(float value, float inverse, std::int32_t largest);

}  // namespace tricycle
