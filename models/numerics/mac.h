// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "models/numerics/convert.h"
#include "models/numerics/format.h"
#include "models/numerics/step_rule.h"

namespace tricycle {

/// The arithmetic of one matrix product: the format of the accumulator, and the order in which
/// products enter it.
/// * kSequential: acc <- acc + a[k] b[k], k ascending, with one rounding (or wrap, or saturation)
///   per addition.
/// * kTile: the products of `tile_k` consecutive k (one array pass) are summed sequentially from
///   zero.  That partial sum is then added to the accumulator.
/// * kTree: the products of `fan_in` consecutive k (one step of a dot-product PE) are each rounded
///   to the accumulator's format and added in a balanced binary tree.  Neighbours are added first,
///   with one rounding per node; an odd last node passes unchanged.  Missing products of the last
///   step are +0.  The root is added to the accumulator.
/// * kAligned: one step adds the exact products of `fan_in` consecutive k and the accumulator.  All
///   of them are aligned to the largest exponent among them and truncated toward zero to
///   `fraction_bits` after the binary point of that exponent.  They are then summed exactly,
///   normalised and rounded once (`sum_rounding`).  The exponent of a product is the sum of its
///   operands' exponents, since a product of significands in [1, 2) is in [1, 4).  The exponent of
///   a subnormal is its format's smallest; zeros have none.  A sum of zero is +0.  A step of zero
///   products leaves the accumulator as it is, even where it has more than `fraction_bits`: no bit
///   shows which zeros are skipped.  Otherwise this is MMA-Sim (arXiv 2511.10909).  `step` says
///   what a chip does differently.  Integers: a step is exact, and wraps or saturates once.
/// * Float operands of at most 11 significant bits (tf32, fp16, bf16, 8-bit floats): the product is
///   exact before the addition.  Fused and separate then give the same bits, except where a product
///   of bf16 or tf32 underflows binary32.  There "exact" is normative: one fused rounding.  The
///   same holds for accumulators of fp16: one rounding of acc + a[k] b[k] to fp16.
/// * fp32 and fp64 operands: kSeparate rounds the product to the accumulator's format, kFused does
///   not (kSequential, kTile).
/// * Integer operands: products and sums are exact in 64 bits, then wrap or saturate into the
///   accumulator (kSequential, kTile).
struct MacSpec {
  Format operands = Format::kFp32;
  Accumulator accumulator = Accumulator::kFp32;
  AccumulatorOverflow overflow = AccumulatorOverflow::kWrap;
  SumOrder order = SumOrder::kSequential;
  MultiplyAdd multiply_add = MultiplyAdd::kSeparate;
  std::int64_t tile_k = 1;                         // kTile only: products per pass
  std::int64_t fan_in = 1;                         // kTree, kAligned: products per step
  std::int64_t fraction_bits = 24;                 // kAligned
  Rounding sum_rounding = Rounding::kNearestEven;  // kAligned
  StepRule step{};                                 // kAligned
  std::optional<Format> right = std::nullopt;      // format of b's elements, where it is another

  friend bool operator==(const MacSpec&, const MacSpec&) = default;
};

/// The most products a step may sum, and the most fraction bits it may keep of them.  The exact sum
/// of a step is an integer of 40 + 2 + 9 bits, which a double holds.
inline constexpr std::int64_t kMostFanIn = 256;
inline constexpr std::int64_t kMostFractionBits = 40;

/// Whether products enter the accumulator in steps of `fan_in`.
inline bool sums_in_steps(SumOrder order) {
  return order == SumOrder::kTree || order == SumOrder::kAligned;
}

/// Whether elements of two formats can enter one product without a change of either: the same
/// format, or floats whose products are exact.
constexpr bool multiply_exactly(Format a, Format b) {
  return a == b || (products_are_exact(a) && products_are_exact(b));
}

/// Whether the products of a spec are exact in binary32 and neither underflow nor overflow there.
constexpr bool products_fit(const MacSpec& spec) {
  return products_fit_binary32(spec.operands) &&
         products_fit_binary32(spec.right.value_or(spec.operands));
}

/// Whether a sum must enter the array where the one before it ended, because its bits depend on the
/// order.  Otherwise a pass sums from zero and the accumulator memory adds its sum (kTile), or the
/// order does not matter (wrapping integers).
inline bool sums_are_chained(const MacSpec& spec) {
  const bool any_order =
      !info(spec.operands).is_float() && spec.overflow == AccumulatorOverflow::kWrap;
  return spec.order != SumOrder::kTile && !any_order;
}

/// What a step of zero products meets: sums that steps made, or linear terms in the accumulator's
/// own format.
enum class Kept : std::uint8_t { kSums, kTerms };

/// Whether a step of zero products leaves such a sum as it is (zeros lose their sign at the most).
/// Only then may a program leave such steps out, and no bit shows how it is cut.
bool zero_steps_keep(const MacSpec& spec, Kept what);

/// A row-major m x n matrix inside a larger one.  `stride`: elements from one row to the next.
template <typename T>
struct MatrixRef {
  T* data;
  std::int64_t rows, cols, stride;
  T* row(std::int64_t i) const { return data + i * stride; }
};

/// acc[m x n] += a[m x k] b[k x n]. fp64 operands are held as double, other floats as float (values
/// that it represents exactly), integers as int16_t.  Integer accumulators are held as int64_t
/// within their range.  NORMATIVE: plain loops that define the bits.
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const float> a,
                                   MatrixRef<const float> b, MatrixRef<float> acc);
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const double> a,
                                   MatrixRef<const double> b, MatrixRef<double> acc);
void multiply_accumulate_normative(const MacSpec&, MatrixRef<const std::int16_t> a,
                                   MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc);

/// The same bits, fast: SIMD chosen at run time (Google Highway), vectorised over outputs, never
/// over k.  Sums in steps (kTree, kAligned) use the plain loops.
void multiply_accumulate(const MacSpec&, MatrixRef<const float> a, MatrixRef<const float> b,
                         MatrixRef<float> acc);
void multiply_accumulate(const MacSpec&, MatrixRef<const double> a, MatrixRef<const double> b,
                         MatrixRef<double> acc);
void multiply_accumulate(const MacSpec&, MatrixRef<const std::int16_t> a,
                         MatrixRef<const std::int16_t> b, MatrixRef<std::int64_t> acc);

}  // namespace tricycle
