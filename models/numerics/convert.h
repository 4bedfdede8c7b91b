// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle {

enum class Rounding : std::uint8_t { kNearestEven, kTowardZero };

/// What happens to a finite value beyond the largest finite one of the target format.
enum class FloatOverflow : std::uint8_t { kToInfinity, kSaturate };

/// Bits of `value` in a float format: one rounding, subnormals kept, NaN -> the positive quiet NaN
/// without payload. NORMATIVE: everything faster must equal it.  Precondition:
/// info(format).is_float().
std::uint64_t encode_float(Format format, double value, Rounding rounding = Rounding::kNearestEven,
                           FloatOverflow overflow = FloatOverflow::kToInfinity);

/// The value a bit pattern of a float format stands for (exact; every format is a subset of
/// double).
double decode_float(Format format, std::uint64_t bits);

/// `value` rounded to nearest even into fp32, fp16 or bf16 and widened back (one rounding from
/// binary32). NORMATIVE form is decode_float(encode_float(value)); this is the fast scalar equal of
/// it.
float round_to_storage(Format format, float value);

/// Rounds `count` values in place; equals round_to_storage element by element (SIMD).
void round_to_storage(Format format, float* values, std::int64_t count);

/// out[i] = decode_float(encode_float(values[i])): one rounding from binary64 into fp32, fp16 or
/// bf16 (SIMD).
void round_to_storage(Format format, const double* values, float* out, std::int64_t count);

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
