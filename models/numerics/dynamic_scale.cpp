// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/dynamic_scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tricycle {

std::int32_t largest_code(int bits, Accumulator accumulator, std::int64_t longest) {
  const int width = 8 * accumulator_bytes(accumulator);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() >> (64 - width);
  std::int64_t code = (std::int64_t{1} << (bits - 1)) - 1;
  // Codes have at most 16 bits: the search is short.  It is exact, where a square root would be
  // rounded.
  while (code * code > most / longest) --code;
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, code));
}

float scale_of(float magnitude, std::int32_t largest, ScaleRounding rounding) {
  constexpr float kLeast = std::numeric_limits<float>::min();  // 2^-126: its inverse is finite
  float scale = magnitude / static_cast<float>(largest);
  if (scale < kLeast) scale = kLeast;
  if (rounding == ScaleRounding::kExact || !std::isfinite(scale)) return scale;
  // A carry out of the fraction goes into the exponent.  The result is the next power of two, or
  // the scale itself.
  constexpr std::uint32_t kFraction = 0x007FFFFF;
  const auto bits = std::bit_cast<std::uint32_t>(scale);
  return std::bit_cast<float>((bits + kFraction) & ~kFraction);
}

std::int32_t code_of(float value, float inverse, std::int32_t largest) {
  const float scaled = value * inverse;
  if (std::isnan(scaled)) return 0;
  const auto most = static_cast<float>(largest);
  return static_cast<std::int32_t>(std::lrint(std::clamp(scaled, -most, most)));
}

}  // namespace tricycle
