// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpfr.h>

#include <bit>
#include <cmath>
#include <cstdint>

#include "models/numerics/format.h"

namespace tricycle::testing {

/// The largest finite value: all ones in the fraction of the largest exponent, but for
/// float8_e4m3fn, whose largest exponent (bias + 1) has numbers as well and one code less of them.
inline double largest_finite(Format format) {
  const FormatInfo& f = info(format);
  if (format == Format::kFloat8E4m3fn) return 448;  // 0b1111'110: (1 + 6/8) 2^8
  return std::ldexp(2 - std::ldexp(1.0, -f.mantissa_bits), f.exponent_bias());
}
/// What would follow it if the exponents did not end.
inline double beyond_largest(Format format) {
  if (format == Format::kFloat8E4m3fn) return 480;  // 0b1111'111, were it a number
  return std::ldexp(1.0, info(format).exponent_bias() + 1);
}

/// Arithmetic in one float format as MPFR does it: the format's precision and exponent range,
/// subnormals included, one rounding an operation.  Operands are held as double and must be values
/// of the format's exponent range.  What leaves the range is an infinity, also in float8_e4m3fn,
/// which has none: what becomes of it is for the test to say.  MPFR's range is global to the
/// thread: one object at a time.
class MpfrFloat {
 public:
  explicit MpfrFloat(Format format, mpfr_rnd_t mode = MPFR_RNDN)
      : mode_(mode),
        largest_(largest_finite(format)),
        old_min_(mpfr_get_emin()),
        old_max_(mpfr_get_emax()) {
    const FormatInfo& f = info(format);
    mpfr_init2(result_, f.mantissa_bits + 1);
    mpfr_inits2(53, x_, y_, z_, nullptr);
    mpfr_set_emin(2 - f.exponent_bias() - f.mantissa_bits);  // smallest subnormal is 0.5 x 2^emin
    mpfr_set_emax(f.exponent_bias() + (format == Format::kFloat8E4m3fn ? 2 : 1));
  }
  ~MpfrFloat() {
    mpfr_clears(result_, x_, y_, z_, nullptr);
    mpfr_set_emin(old_min_);
    mpfr_set_emax(old_max_);
  }
  MpfrFloat(const MpfrFloat&) = delete;
  MpfrFloat& operator=(const MpfrFloat&) = delete;

  double rounded(double v) {
    const int ternary = mpfr_set_d(result_, v, mode_);
    return subnormalized(mpfr_check_range(result_, ternary, mode_));
  }
  double sum(double x, double y) {
    set(x, y, 0);
    return subnormalized(mpfr_add(result_, x_, y_, mode_));
  }
  double product(double x, double y) {
    set(x, y, 0);
    return subnormalized(mpfr_mul(result_, x_, y_, mode_));
  }
  /// x y + z with one rounding.
  double fused(double x, double y, double z) {
    set(x, y, z);
    return subnormalized(mpfr_fma(result_, x_, y_, z_, mode_));
  }
  /// x y + z as the machine states it.
  double multiply_add(bool one_rounding, double x, double y, double z) {
    return one_rounding ? fused(x, y, z) : sum(product(x, y), z);
  }

 private:
  void set(double x, double y, double z) {
    mpfr_set_d(x_, x, MPFR_RNDN);
    mpfr_set_d(y_, y, MPFR_RNDN);
    mpfr_set_d(z_, z, MPFR_RNDN);
  }
  double subnormalized(int ternary) {
    mpfr_subnormalize(result_, ternary, mode_);
    const double result = mpfr_get_d(result_, MPFR_RNDN);
    // MPFR's range ends with a whole binade; only float8_e4m3fn's does not.
    if (!std::isfinite(result) || std::abs(result) <= largest_) return result;
    return std::copysign(mode_ == MPFR_RNDZ ? largest_ : HUGE_VAL, result);
  }

  mpfr_rnd_t mode_;
  double largest_;
  mpfr_exp_t old_min_, old_max_;
  mpfr_t result_, x_, y_, z_;
};

/// Equal bits, signs of zeros included; any NaN equals any other.
inline bool same_value(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace tricycle::testing
