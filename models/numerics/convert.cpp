// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/convert.h"

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tricycle {

namespace {

/// Shifts right by `shift` >= 0 with the rounding mode applied to the bits that fall out.
std::uint64_t shift_right_rounded(std::uint64_t value, int shift, Rounding rounding) {
  if (shift == 0) return value;
  if (shift >= 64) return 0;
  const std::uint64_t kept = value >> shift;
  if (rounding == Rounding::kTowardZero) return kept;
  const std::uint64_t rest = value & ((std::uint64_t{1} << shift) - 1),
                      half = std::uint64_t{1} << (shift - 1);
  return kept + ((rest > half || (rest == half && (kept & 1) != 0)) ? 1 : 0);
}

}  // namespace

std::uint64_t encode_float(Format format, double value, Rounding rounding, FloatOverflow overflow) {
  const FormatInfo& f = info(format);
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  if (format == Format::kFp64) return std::isnan(value) ? std::uint64_t{0x7FF8} << 48 : bits;
  const std::uint64_t sign = (bits >> 63) << (f.bits - 1);
  const std::uint64_t infinity = ((std::uint64_t{1} << f.exponent_bits) - 1) << f.mantissa_bits;
  // 1. Non-finite values.  Sign and payload of a NaN that arithmetic made differ between hosts.
  if (std::isnan(value)) return infinity | (std::uint64_t{1} << (f.mantissa_bits - 1));
  if (std::isinf(value)) return sign | infinity;
  // 2. Zero, and double subnormals, which are below half of every target's smallest.
  const int source_exponent = static_cast<int>((bits >> 52) & 0x7FF);
  if (source_exponent == 0) return sign;
  // 3. The 53-bit significand and the exponent it would have in the target.
  const std::uint64_t significand =
      (bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
  const int exponent = source_exponent - 1023 + f.exponent_bias();
  // 4. Bits to drop; below the smallest normal exponent (1) more of them: a subnormal.
  const int shift = 52 - f.mantissa_bits + (exponent < 1 ? 1 - exponent : 0);
  const std::uint64_t rounded = shift_right_rounded(significand, shift, rounding);
  // 5. Pack: the hidden bit adds one to the exponent field, a carry of the rounding adds another.
  const std::uint64_t field = exponent < 1 ? 0 : static_cast<std::uint64_t>(exponent - 1);
  const std::uint64_t packed = (field << f.mantissa_bits) + rounded;
  // 6. Overflow.
  if (packed >= infinity)
    return sign |
           (overflow == FloatOverflow::kSaturate || rounding == Rounding::kTowardZero ? infinity - 1
                                                                                      : infinity);
  return sign | packed;
}

double decode_float(Format format, std::uint64_t bits) {
  const FormatInfo& f = info(format);
  if (format == Format::kFp64) return std::bit_cast<double>(bits);
  const bool negative = ((bits >> (f.bits - 1)) & 1) != 0;
  const std::uint64_t mantissa = bits & ((std::uint64_t{1} << f.mantissa_bits) - 1);
  const int exponent =
      static_cast<int>((bits >> f.mantissa_bits) & ((std::uint64_t{1} << f.exponent_bits) - 1));
  double magnitude = 0;
  if (exponent == (1 << f.exponent_bits) - 1)
    magnitude = mantissa == 0 ? std::numeric_limits<double>::infinity()
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

FixedResult quantize(double value, int bits, int fraction_bits) {
  if (std::isnan(value)) throw std::domain_error("quantize: NaN");
  const double scaled = std::nearbyint(std::ldexp(value, fraction_bits));
  constexpr double kLimit = 4e18;
  return saturate_to(static_cast<std::int64_t>(std::fmin(std::fmax(scaled, -kLimit), kLimit)),
                     bits);
}

}  // namespace tricycle
