// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

/// The arithmetic of one matrix product: what the accumulator is and in which order products enter
/// it.
/// * kSequential: acc <- acc + a[k] b[k], k ascending, one rounding (or wrap, or saturation) per
/// addition.
/// * kTile: products of `tile_k` consecutive k (one array pass) are summed sequentially from zero,
/// and that partial sum
///   is then added to the accumulator.
/// * 16-bit float operands: the product is exact before the addition (fused and separate are the
/// same bits except where
///   a bf16 product underflows binary32, where "exact" is normative: one fused rounding).
/// * fp32 and fp64 operands: kSeparate rounds the product to the accumulator's format, kFused does
/// not.
/// * integer operands: products and sums are exact in 64 bits, then wrap or saturate into the
/// accumulator.
struct MacSpec {
  Format operands = Format::kFp32;
  Accumulator accumulator = Accumulator::kFp32;
  AccumulatorOverflow overflow = AccumulatorOverflow::kWrap;
  SumOrder order = SumOrder::kSequential;
  MultiplyAdd multiply_add = MultiplyAdd::kSeparate;
  std::int64_t tile_k = 1;  // kTile only: products a pass sums

  friend bool operator==(const MacSpec&, const MacSpec&) = default;
};

/// Whether a sum must enter the array where the one before it ended: its bits depend on the order.
/// Otherwise a pass sums from zero and the accumulator memory adds it (kTile), or the order cannot
/// matter (wrapping integers).
inline bool sums_are_chained(const MacSpec& spec) {
  const bool any_order =
      !info(spec.operands).is_float() && spec.overflow == AccumulatorOverflow::kWrap;
  return spec.order == SumOrder::kSequential && !any_order;
}

/// A row-major m x n matrix inside a larger one; `stride` elements from a row to the next.
template <typename T>
struct MatrixRef {
  T* data;
  std::int64_t rows, cols, stride;
  T* row(std::int64_t i) const { return data + i * stride; }
};

/// acc[m x n] += a[m x k] b[k x n].  Operands of fp32, fp16 and bf16 are held as float (exactly
/// representable values), int16 and int8 as int16_t, fp64 as double; integer accumulators are held
/// as int64_t within their range. NORMATIVE: plain loops, the definition of the bits.
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const float> a,
                                   MatrixRef<const float> b, MatrixRef<float> acc);
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const double> a,
                                   MatrixRef<const double> b, MatrixRef<double> acc);
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const std::int16_t> a,
                                   MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc);

/// The same bits, fast: SIMD chosen at run time (Google Highway), vectorised over outputs, never
/// over k.
void multiply_accumulate(const MacSpec&, MatrixRef<const float> a, MatrixRef<const float> b,
                         MatrixRef<float> acc);
void multiply_accumulate(const MacSpec&, MatrixRef<const double> a, MatrixRef<const double> b,
                         MatrixRef<double> acc);
void multiply_accumulate(const MacSpec&, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc);

}  // namespace tricycle
