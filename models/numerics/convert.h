// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

/// How a value between two representable ones is rounded. kHalfUp: floor(x + 1/2), for fixed point.
/// kStochastic: up, with the probability of the fraction that is lost.
enum class Rounding : std::uint8_t { kNearestEven, kTowardZero, kHalfUp, kStochastic };

/// kFlush: an element that would be subnormal becomes a zero of its sign.
enum class Subnormals : std::uint8_t { kKeep, kFlush };

/// How results are rounded to storage.
struct StorageRule {
  Format format = Format::kFp32;
  Rounding rounding = Rounding::kNearestEven;
  FloatOverflow overflow = FloatOverflow::kToInfinity;  // floats
  Subnormals subnormals = Subnormals::kKeep;            // floats
  std::uint64_t seed = 0;                               // kStochastic
  NanCode nan = NanCode::kQuiet;                        // floats
};

/// The default rule: nearest even (fixed point: half up), the format's own overflow, subnormals
/// kept.
StorageRule default_rule(Format format);

/// Bits of `value` in a float format, with one rounding.  NaN becomes the positive one of
/// `rule.nan`. kHalfUp rounds ties away from zero. kStochastic takes `random`, 64 uniform
/// bits: the magnitude is rounded up if random < fraction lost x 2^64.  Subnormals are flushed
/// after they are rounded.  NORMATIVE: everything faster must equal it.  Precondition:
/// info(format).is_float().
std::uint64_t encode_float(const StorageRule& rule, double value, std::uint64_t random = 0);

/// The same with subnormals kept.  Without `overflow` the format's own applies.
std::uint64_t encode_float(Format format, double value, Rounding rounding = Rounding::kNearestEven);
std::uint64_t encode_float(Format format, double value, Rounding rounding, FloatOverflow overflow);

/// The value a bit pattern of a float format stands for (exact; every format is a subset of
/// double).
double decode_float(Format format, std::uint64_t bits);

/// Rounds `value` to the format by its default rule and widens it back: one rounding from binary32.
/// The NORMATIVE form is decode_float(encode_float(value)), and this function computes just that.
float round_to_storage(Format format, float value);

/// Rounds `count` values in place; equals round_to_storage element by element (SIMD).
void round_to_storage(Format format, float* values, std::int64_t count);

/// out[i] = decode_float(encode_float(values[i])): one rounding from binary64 into a float format
/// of at most 32 bits (SIMD).
void round_to_storage(Format format, const double* values, float* out, std::int64_t count);

/// Where a dense row-major block of results lies in its matrix.
struct BlockPlace {
  std::int64_t row = 0, col = 0;    // of its first element
  std::int64_t rows = 0, cols = 0;  // its size
};

/// Rounds a block in place by any rule.  Equals decode_float(encode_float(rule, value, random))
/// with random = random_bits(rule.seed, row, column, the value's binary64 bits).  So the bits do
/// not depend on order, on threads, or on how a matrix is cut into blocks.
void round_to_storage(const StorageRule& rule, const BlockPlace& place, float* values);

/// Flushes values that are subnormal in the format, if the rule says so.
void flush_subnormals(const StorageRule& rule, float* values, std::int64_t count);
void flush_subnormals(const StorageRule& rule, double* values, std::int64_t count);

/// A fixed-point result and whether it had to be clipped.
struct FixedResult {
  std::int32_t value;
  bool saturated;
};

/// saturate(v) to a `bits`-bit two's complement number.
inline FixedResult saturate_to(std::int64_t value, int bits) {
  const std::int64_t high = (std::int64_t{1} << (bits - 1)) - 1, low = -high - 1;
  if (value > high) return {static_cast<std::int32_t>(high), true};
  if (value < low) return {static_cast<std::int32_t>(low), true};
  return {static_cast<std::int32_t>(value), false};
}

/// Input quantisation: saturate(rint(value * 2^fraction_bits)), rint to nearest even.  The caller
/// must have refused NaN before (std::domain_error).
FixedResult quantize(double value, int bits, int fraction_bits);

/// Requantisation of an accumulator, round half up: saturate((acc + 2^(shift-1)) >> shift), with an
/// arithmetic shift. shift = 0 only saturates.  A negative shift multiplies by 2^-shift.
/// Precondition: -32 <= shift <= 63.
inline FixedResult requantize(std::int64_t accumulator, int shift, int bits) {
  if (shift == 0) return saturate_to(accumulator, bits);
  if (shift < 0) {
    const FixedResult first = saturate_to(accumulator, 32);
    return saturate_to(std::int64_t{first.value} * (std::int64_t{1} << -shift), bits);
  }
  // floor(acc / 2^shift + 1/2) without overflow: the bit below the cut decides.
  return saturate_to((accumulator >> shift) + ((accumulator >> (shift - 1)) & 1), bits);
}

/// The same with any rounding. kStochastic takes `random`, 64 uniform bits: it rounds up from the
/// floor if random < fraction lost x 2^64.
FixedResult requantize(std::int64_t accumulator, int shift, int bits, Rounding rounding,
                       std::uint64_t random);

/// What an integer accumulator holds after an assignment of `value`, which may exceed its range.
/// Precondition: an integer accumulator.
inline std::int64_t clip_accumulator(std::int64_t value, Accumulator accumulator,
                                     AccumulatorOverflow overflow) {
  int bits = 64;
  if (accumulator == Accumulator::kInt32) bits = 32;
  if (accumulator == Accumulator::kInt48) bits = 48;
  if (bits == 64) return value;
  if (overflow == AccumulatorOverflow::kWrap) {
    const auto raw = static_cast<std::uint64_t>(value) << (64 - bits);
    return static_cast<std::int64_t>(raw) >> (64 - bits);
  }
  const std::int64_t high = (std::int64_t{1} << (bits - 1)) - 1;
  return value > high ? high : value < -high - 1 ? -high - 1 : value;
}

}  // namespace tricycle
