// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/convert.h"

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tricycle {

namespace {

/// Whether a magnitude is rounded up from `kept`.  The part that is dropped is `rest` / 2^shift of
/// a unit.
bool rounds_up(std::uint64_t kept, std::uint64_t rest, int shift, Rounding rounding,
               std::uint64_t random) {
  // Half of a unit.  For a shift of 64 or more, `rest` (at most 2^53) is far below half.
  const std::uint64_t half = shift < 64 ? std::uint64_t{1} << (shift - 1) : ~std::uint64_t{0};
  switch (rounding) {
    case Rounding::kNearestEven: return rest > half || (rest == half && (kept & 1) != 0);
    case Rounding::kTowardZero: return false;
    case Rounding::kHalfUp: return rest >= half;
    case Rounding::kStochastic:
      if (shift <= 64) return random < rest << (64 - shift);
      return shift < 128 && random < rest >> (shift - 64);
  }
  return false;
}

/// Shifts right by `shift` >= 0 with the rounding mode applied to the bits that fall out.
std::uint64_t shift_right_rounded(std::uint64_t value, int shift, Rounding rounding,
                                  std::uint64_t random) {
  if (shift == 0) return value;
  const std::uint64_t kept = shift < 64 ? value >> shift : 0;
  const std::uint64_t rest = shift < 64 ? value & ((std::uint64_t{1} << shift) - 1) : value;
  return kept + (rounds_up(kept, rest, shift, rounding, random) ? 1 : 0);
}

/// The code of a value beyond the largest finite one.
std::uint64_t overflowed(const FormatInfo& f, std::uint64_t sign, bool saturate) {
  if (saturate) return sign | (f.overflow_code() - 1);
  return f.has_infinity() ? sign | f.overflow_code() : f.nan_code();
}

}  // namespace

StorageRule default_rule(Format format) {
  const FormatInfo& f = info(format);
  return {.format = format,
          .rounding = f.is_float() ? Rounding::kNearestEven : Rounding::kHalfUp,
          .overflow = f.overflow};
}

std::uint64_t encode_float(const StorageRule& rule, double value, std::uint64_t random) {
  const FormatInfo& f = info(rule.format);
  const bool saturate = rule.overflow == FloatOverflow::kSaturate;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t sign = (bits >> 63) << (f.bits - 1);
  // 1.  Non-finite values.  The sign and payload of a NaN that arithmetic made differ between
  // hosts.
  if (std::isnan(value)) return f.nan_code(rule.nan);
  if (std::isinf(value)) return overflowed(f, sign, saturate && !f.has_infinity());
  // 2. Zero, and double subnormals, which are below half of every narrower target's smallest.
  const int source_exponent = static_cast<int>((bits >> 52) & 0x7FF);
  const bool flush = rule.subnormals == Subnormals::kFlush;
  if (source_exponent == 0) return f.bits == 64 && !flush ? bits : sign;
  if (f.bits == 64) return bits;
  // 3. The 53-bit significand and the exponent it would have in the target.
  const std::uint64_t significand =
      (bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
  const int exponent = source_exponent - 1023 + f.exponent_bias();
  // 4.  Bits to drop.  Below the smallest normal exponent (1) there are more: a subnormal.
  const int shift = 52 - f.mantissa_bits + (exponent < 1 ? 1 - exponent : 0);
  const std::uint64_t rounded = shift_right_rounded(significand, shift, rule.rounding, random);
  // 5. Pack: the hidden bit adds one to the exponent field, a carry of the rounding adds another.
  const std::uint64_t field = exponent < 1 ? 0 : static_cast<std::uint64_t>(exponent - 1);
  const std::uint64_t packed = (field << f.mantissa_bits) + rounded;
  // 6. Overflow: a value rounded toward zero never leaves the finite ones.
  if (packed >= f.overflow_code())
    return overflowed(f, sign, saturate || rule.rounding == Rounding::kTowardZero);
  // 7.  Values that are still below the smallest normal code.
  return flush && packed >> f.mantissa_bits == 0 ? sign : sign | packed;
}

std::uint64_t encode_float(Format format, double value, Rounding rounding) {
  return encode_float(format, value, rounding, info(format).overflow);
}

std::uint64_t encode_float(Format format, double value, Rounding rounding, FloatOverflow overflow) {
  return encode_float({.format = format, .rounding = rounding, .overflow = overflow}, value);
}

double decode_float(Format format, std::uint64_t bits) {
  const FormatInfo& f = info(format);
  if (format == Format::kFp64) return std::bit_cast<double>(bits);
  const bool negative = ((bits >> (f.bits - 1)) & 1) != 0;
  const std::uint64_t code = bits & ((std::uint64_t{1} << (f.bits - 1)) - 1);
  const std::uint64_t mantissa = code & ((std::uint64_t{1} << f.mantissa_bits) - 1);
  const auto exponent = static_cast<int>(code >> f.mantissa_bits);
  double magnitude = 0;
  if (code >= f.overflow_code())
    magnitude = f.has_infinity() && mantissa == 0 ? std::numeric_limits<double>::infinity()
                                                  : std::numeric_limits<double>::quiet_NaN();
  else if (exponent == 0)
    magnitude = std::ldexp(static_cast<double>(mantissa), 1 - f.exponent_bias() - f.mantissa_bits);
  else
    magnitude = std::ldexp(static_cast<double>(mantissa | (std::uint64_t{1} << f.mantissa_bits)),
                           exponent - f.exponent_bias() - f.mantissa_bits);
  return negative ? -magnitude : magnitude;
}

float round_to_storage(Format format, float value) {
  if (format == Format::kFp32) return value;
  return static_cast<float>(decode_float(format, encode_float(format, static_cast<double>(value))));
}

namespace {

template <typename T>
void flush(const StorageRule& rule, T* values, std::int64_t count) {
  if (rule.subnormals == Subnormals::kKeep) return;
  const auto smallest_normal =
      static_cast<T>(std::ldexp(1.0, 1 - info(rule.format).exponent_bias()));
  for (std::int64_t i = 0; i < count; ++i)
    if (std::abs(values[i]) < smallest_normal) values[i] = std::copysign(T{0}, values[i]);
}

}  // namespace

void flush_subnormals(const StorageRule& rule, float* values, std::int64_t count) {
  flush(rule, values, count);
}
void flush_subnormals(const StorageRule& rule, double* values, std::int64_t count) {
  flush(rule, values, count);
}

FixedResult requantize(std::int64_t accumulator, int shift, int bits, Rounding rounding,
                       std::uint64_t random) {
  if (shift <= 0 || rounding == Rounding::kHalfUp) return requantize(accumulator, shift, bits);
  // Above the floor there is a fraction of rest / 2^shift, whatever the sign.
  const std::int64_t floor = accumulator >> shift;
  const auto rest = static_cast<std::uint64_t>(accumulator) & ((std::uint64_t{1} << shift) - 1);
  const bool up = rounding == Rounding::kTowardZero
                      ? accumulator < 0 && rest != 0
                      : rounds_up(static_cast<std::uint64_t>(floor), rest, shift, rounding, random);
  return saturate_to(floor + (up ? 1 : 0), bits);
}

FixedResult quantize(double value, int bits, int fraction_bits) {
  if (std::isnan(value)) throw std::domain_error("quantize: NaN");
  const double scaled = std::nearbyint(std::ldexp(value, fraction_bits));
  constexpr double kLimit = 4e18;
  return saturate_to(static_cast<std::int64_t>(std::fmin(std::fmax(scaled, -kLimit), kLimit)),
                     bits);
}

}  // namespace tricycle
