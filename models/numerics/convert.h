// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

/// kHalfUp: floor(x + 1/2), of fixed point; kStochastic: up with the probability of what is lost.
enum class Rounding : std::uint8_t { kNearestEven, kTowardZero, kHalfUp, kStochastic };

/// kFlush: an element that would be subnormal is a zero of its sign.
enum class Subnormals : std::uint8_t { kKeep, kFlush };

/// How results are rounded to storage.
struct StorageRule {
  Format format = Format::kFp32;
  Rounding rounding = Rounding::kNearestEven;
  FloatOverflow overflow = FloatOverflow::kToInfinity;  // floats
  Subnormals subnormals = Subnormals::kKeep;            // floats
  std::uint64_t seed = 0;                               // kStochastic
};

/// Nearest even (fixed point: half up), the format's own overflow, subnormals kept.
StorageRule default_rule(Format format);

/// Bits of `value` in a float format: one rounding, NaN -> the positive quiet NaN without payload.
/// kHalfUp rounds ties away from zero.  kStochastic takes `random`, 64 uniform bits: the magnitude
/// is rounded up if random < fraction lost x 2^64.  Subnormals are flushed after they are rounded.
/// NORMATIVE: everything faster must equal it.  Precondition: info(format).is_float().
std::uint64_t encode_float(const StorageRule& rule, double value, std::uint64_t random = 0);

/// Subnormals kept; `overflow`: the format's own unless it is given.
std::uint64_t encode_float(Format format, double value, Rounding rounding = Rounding::kNearestEven);
std::uint64_t encode_float(Format format, double value, Rounding rounding, FloatOverflow overflow);

/// The value a bit pattern of a float format stands for (exact; every format is a subset of
/// double).
double decode_float(Format format, std::uint64_t bits);

/// `value` in the format by its default rule, widened back (one rounding from binary32).
/// NORMATIVE form is decode_float(encode_float(value)); so it is here.
float round_to_storage(Format format, float value);

/// Rounds `count` values in place; equals round_to_storage element by element (SIMD).
void round_to_storage(Format format, float* values, std::int64_t count);

/// out[i] = decode_float(encode_float(values[i])): one rounding from binary64 into a float format
/// of at most 32 bits (SIMD).
void round_to_storage(Format format, const double* values, float* out, std::int64_t count);

/// Where a dense row-major block of results stands in its matrix.
struct BlockPlace {
  std::int64_t row = 0, col = 0;    // of its first element
  std::int64_t rows = 0, cols = 0;  // its size
};

/// Rounds a block in place by any rule; equals decode_float(encode_float(rule, value, random)) with
/// random = random_bits(rule.seed, row, column, the value's binary64 bits): the bits depend on
/// neither order nor threads nor on how a matrix is cut into blocks.
void round_to_storage(const StorageRule& rule, const BlockPlace& place, float* values);

/// Flushes what is subnormal in the format, if the rule says so.
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

/// Input quantisation: saturate(rint(value * 2^fraction_bits)), rint to nearest even.  NaN must
/// have been refused before (std::domain_error).
FixedResult quantize(double value, int bits, int fraction_bits);

/// Requantisation of an accumulator, round half up: saturate((acc + 2^(shift-1)) >> shift),
/// arithmetic shift; shift = 0 saturates only; a negative shift multiplies by 2^-shift.
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

/// The same in any rounding; kStochastic takes `random`, 64 uniform bits: up from the floor if
/// random < fraction lost x 2^64.
FixedResult requantize(std::int64_t accumulator, int shift, int bits, Rounding rounding,
                       std::uint64_t random);

/// The accumulator after a value that may exceed its range was assigned to it.  Precondition: an
/// integer accumulator.
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
