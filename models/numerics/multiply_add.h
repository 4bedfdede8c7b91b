// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "models/numerics/convert.h"
#include "models/numerics/mac.h"

namespace tricycle {

/// The host type of an accumulator element, by the type of the operands (mac.h): int64_t for
/// int16_t, the same type for floats.
template <typename T>
using SumOf = std::conditional_t<std::is_same_v<T, std::int16_t>, std::int64_t, T>;

/// Whether product and sum are rounded only once.  Either the configuration says so, or the product
/// of two short floats (at most 22 significant bits) is exact before it is added.
inline bool rounds_once(const MacSpec& spec) {
  return spec.multiply_add == MultiplyAdd::kFused || products_are_exact(spec.operands);
}

/// The format of a float accumulator.  Precondition: it is a float.
inline Format format_of(Accumulator accumulator) {
  return accumulator == Accumulator::kFp64   ? Format::kFp64
         : accumulator == Accumulator::kFp16 ? Format::kFp16
                                             : Format::kFp32;
}

/// acc + a b, as one multiply-add of the hardware computes it.  NORMATIVE.
template <typename T>
SumOf<T> multiply_add(const MacSpec& spec, T a, T b, SumOf<T> acc) {
  if constexpr (std::is_same_v<T, std::int16_t>) {
    return clip_accumulator(acc + std::int64_t{a} * b, spec.accumulator, spec.overflow);
  } else {
    if (spec.accumulator != Accumulator::kFp16)
      return rounds_once(spec) ? std::fma(a, b, acc) : acc + a * b;
    // The product is exact in binary64.  The sum is exact too, or else its smaller addend is far
    // below the tie of the larger one.  So rounding it to 53 bits first changes nothing.
    const double sum = static_cast<double>(acc) + static_cast<double>(a) * static_cast<double>(b);
    return static_cast<T>(decode_float(Format::kFp16, encode_float(Format::kFp16, sum)));
  }
}

/// acc + sum in the accumulator's arithmetic, where `sum` is a finished partial sum.  NORMATIVE.
template <typename Sum>
Sum add_partial(const MacSpec& spec, Sum acc, Sum sum) {
  if constexpr (std::is_same_v<Sum, std::int64_t>) {
    return clip_accumulator(acc + sum, spec.accumulator, spec.overflow);
  } else if constexpr (std::is_same_v<Sum, float>) {
    // 24 >= 2 x 11 + 2 bits: rounding the sum of two fp16 values to binary32 first changes nothing.
    if (spec.accumulator == Accumulator::kFp16) return round_to_storage(Format::kFp16, acc + sum);
    return acc + sum;
  } else {
    return acc + sum;
  }
}

/// acc after one step of SumOrder::kTree with `count` <= fan_in products a[d] b[d * stride].
/// NORMATIVE.
template <typename T>
T add_tree(const MacSpec& spec, const T* a, const T* b, std::int64_t stride, std::int64_t count,
           T acc) {
  T node[kMostFanIn];
  node[0] = T{0};
  for (std::int64_t d = 0; d < spec.fan_in; ++d) node[d] = d < count ? a[d] * b[d * stride] : T{0};
  if constexpr (std::is_same_v<T, float>)
    if (spec.accumulator == Accumulator::kFp16)
      for (std::int64_t d = 0; d < count; ++d) node[d] = round_to_storage(Format::kFp16, node[d]);
  for (std::int64_t width = spec.fan_in; width > 1; width = (width + 1) / 2) {
    for (std::int64_t i = 0; i < width / 2; ++i)
      node[i] = add_partial(spec, node[2 * i], node[2 * i + 1]);
    if (width % 2 != 0) node[width / 2] = node[width - 1];
  }
  return add_partial(spec, acc, node[0]);
}

/// acc after one step of SumOrder::kAligned, with the same arguments.  NORMATIVE; aligned_sum.cpp.
float add_aligned(const MacSpec& spec, const float* a, const float* b, std::int64_t stride,
                  std::int64_t count, float acc);

/// acc after `count` products a[d] b[d * stride], d ascending.  They are added one after the other,
/// or in one step by the orders that sum in steps (count <= fan_in).  NORMATIVE.
template <typename T>
SumOf<T> add_products(const MacSpec& spec, const T* a, const T* b, std::int64_t stride,
                      std::int64_t count, SumOf<T> acc) {
  if constexpr (std::is_floating_point_v<T>)
    if (spec.order == SumOrder::kTree) return add_tree(spec, a, b, stride, count, acc);
  if constexpr (std::is_same_v<T, std::int16_t>)
    if (spec.order == SumOrder::kAligned) {
      for (std::int64_t d = 0; d < count; ++d) acc += std::int64_t{a[d]} * b[d * stride];
      return clip_accumulator(acc, spec.accumulator, spec.overflow);
    }
  if constexpr (std::is_same_v<T, float>)
    if (spec.order == SumOrder::kAligned) return add_aligned(spec, a, b, stride, count, acc);
  for (std::int64_t d = 0; d < count; ++d) acc = multiply_add<T>(spec, a[d], b[d * stride], acc);
  return acc;
}

}  // namespace tricycle
