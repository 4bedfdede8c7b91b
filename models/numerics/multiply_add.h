// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

namespace tricycle {

/// Accumulator element held for an operand element (mac.h): int16_t -> int64_t, floats as
/// themselves.
template <typename T>
using SumOf = std::conditional_t<std::is_same_v<T, std::int16_t>, std::int64_t, T>;

/// Whether product and sum are rounded once: by configuration, or because a product of two 16-bit
/// floats (at most 22 significant bits) is exact before it is added.
inline bool rounds_once(const MacSpec& spec) {
  return spec.multiply_add == MultiplyAdd::kFused || info(spec.operands).bits == 16;
}

/// acc + a b as one multiply-add of the hardware does it.  NORMATIVE.
template <typename T>
SumOf<T> multiply_add(const MacSpec& spec, T a, T b, SumOf<T> acc) {
  if constexpr (std::is_same_v<T, std::int16_t>)
    return clip_accumulator(acc + std::int64_t{a} * b, spec.accumulator, spec.overflow);
  else
    return rounds_once(spec) ? std::fma(a, b, acc) : acc + a * b;
}

/// acc + sum in the accumulator's arithmetic (a finished partial sum).  NORMATIVE.
template <typename Sum>
Sum add_partial(const MacSpec& spec, Sum acc, Sum sum) {
  if constexpr (std::is_same_v<Sum, std::int64_t>)
    return clip_accumulator(acc + sum, spec.accumulator, spec.overflow);
  else
    return acc + sum;
}

}  // namespace tricycle
