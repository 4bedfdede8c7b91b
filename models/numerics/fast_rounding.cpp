// SPDX-License-Identifier: Apache-2.0
//
// Rounding to storage formats, fast: SIMD on the bits of the value, equal to
// decode_float(encode_float()).
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/numerics/fast_rounding.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "models/numerics/convert.h"
#include "models/numerics/random_bits.h"

HWY_BEFORE_NAMESPACE();
namespace tricycle {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Rounds values of type T (float or double) to nearest even into a narrower float format; the
/// results are held as T.
template <typename T>
class StorageRounder {
 public:
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;

  explicit StorageRounder(const StorageRule& rule)
      : dropped_bits_(std::numeric_limits<T>::digits - 1 - info(rule.format).mantissa_bits),
        flushes_(rule.subnormals == Subnormals::kFlush),
        smallest_normal_(std::ldexp(T{1}, 1 - info(rule.format).exponent_bias())),
        // Adding this leaves as many fraction bits as a subnormal of the format has.
        aligner_(std::ldexp(smallest_normal_, dropped_bits_)),
        largest_(static_cast<T>(decode_float(rule.format, info(rule.format).overflow_code() - 1))),
        beyond_(rule.overflow == FloatOverflow::kSaturate
                    ? largest_
                    : static_cast<T>(decode_float(rule.format, info(rule.format).overflow_code()))),
        infinite_(info(rule.format).has_infinity() ? std::numeric_limits<T>::infinity() : beyond_) {
  }

  HWY_ATTR HWY_INLINE V operator()(V value) const {
    const D d;
    const hn::RebindToUnsigned<D> du;
    using Bits = hn::TFromD<decltype(du)>;
    const V magnitude = hn::Abs(value);
    const auto bits = hn::BitCast(du, magnitude);
    // 1.  Normal: adds just under half of the last kept bit, or half if that bit is odd.  This
    // carries where the value rounds up, into the exponent if necessary.
    const Bits kept = static_cast<Bits>(Bits{1} << dropped_bits_);
    const auto odd = hn::And(hn::ShiftRightSame(bits, dropped_bits_), hn::Set(du, Bits{1}));
    const auto raised = hn::Add(hn::Add(bits, hn::Set(du, kept / 2 - 1)), odd);
    const V normal = hn::BitCast(d, hn::AndNot(hn::Set(du, kept - 1), raised));
    // 2. Subnormal: the hardware rounds to nearest even when bits fall out of a sum.
    const V aligner = hn::Set(d, aligner_);
    const V subnormal = hn::Sub(hn::Add(magnitude, aligner), aligner);
    V result = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, smallest_normal_)), subnormal, normal);
    if (flushes_) result = hn::IfThenZeroElse(hn::Lt(result, hn::Set(d, smallest_normal_)), result);
    // 3. Beyond the largest value, and infinities.
    result = hn::IfThenElse(hn::Gt(result, hn::Set(d, largest_)), hn::Set(d, beyond_), result);
    const V infinity = hn::Set(d, std::numeric_limits<T>::infinity());
    result = hn::IfThenElse(hn::Eq(magnitude, infinity), hn::Set(d, infinite_), result);
    // 4. A NaN becomes the positive quiet one without payload.
    const V nan = hn::Set(d, std::numeric_limits<T>::quiet_NaN());
    result = hn::IfThenElse(hn::IsNaN(value), nan, result);
    return hn::IfThenElse(hn::IsNaN(result), nan, hn::CopySignToAbs(result, value));
  }

 private:
  int dropped_bits_;
  bool flushes_;
  T smallest_normal_, aligner_, largest_, beyond_, infinite_;
};

/// Calls round(from, to) for one vector after the other.  If the last values do not fill a vector,
/// they go through a padded copy.
template <typename From, typename To, typename Round>
HWY_ATTR HWY_INLINE void for_each_vector(const From* values, To* out, std::int64_t count,
                                         std::int64_t lanes, Round&& round) {
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) round(values + i, out + i);
  if (i == count) return;
  From last[hn::MaxLanes(hn::ScalableTag<From>())] = {};
  To rounded[hn::MaxLanes(hn::ScalableTag<From>())];
  std::copy(values + i, values + count, last);
  round(last, rounded);
  std::copy_n(rounded, count - i, out + i);
}

HWY_ATTR void round_floats(const StorageRule& rule, float* values, std::int64_t count) {
  const hn::ScalableTag<float> d;
  const StorageRounder<float> rounded(rule);
  for_each_vector(values, values, count, static_cast<std::int64_t>(hn::Lanes(d)),
                  [&](const float* from, float* to)
                      HWY_ATTR { hn::StoreU(rounded(hn::LoadU(d, from)), d, to); });
}

#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
// Highway's emulation narrows an infinity to the largest finite value, so this uses the normative
// form.
void round_doubles(const StorageRule& rule, const double* values, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    out[i] = static_cast<float>(decode_float(rule.format, encode_float(rule, values[i])));
}
#else
HWY_ATTR void round_doubles(const StorageRule& rule, const double* values, float* out,
                            std::int64_t count) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> narrow;
  const StorageRounder<double> rounded(rule);
  for_each_vector(values, out, count, static_cast<std::int64_t>(hn::Lanes(d)),
                  [&](const double* from, float* to) HWY_ATTR {
                    // Exact: every narrower format is a subset of binary32.
                    hn::StoreU(hn::DemoteTo(narrow, rounded(hn::LoadU(d, from))), narrow, to);
                  });
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace tricycle
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tricycle {

HWY_EXPORT(round_floats);
HWY_EXPORT(round_doubles);

void round_to_storage(Format format, float* values, std::int64_t count) {
  if (format == Format::kFp32) return;
  HWY_DYNAMIC_DISPATCH(round_floats)(default_rule(format), values, count);
}

void round_to_storage(Format format, const double* values, float* out, std::int64_t count) {
  HWY_DYNAMIC_DISPATCH(round_doubles)(default_rule(format), values, out, count);
}

void round_to_storage(const StorageRule& rule, const BlockPlace& place, float* values) {
  const std::int64_t count = place.rows * place.cols;
  if (rule.format == Format::kFp32) {
    flush_subnormals(rule, values, count);
    return;
  }
  if (rule.rounding == Rounding::kNearestEven) {
    HWY_DYNAMIC_DISPATCH(round_floats)(rule, values, count);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(values[i]);
    const std::uint64_t random =
        rule.rounding == Rounding::kStochastic
            ? random_bits(rule.seed, place.row + i / place.cols, place.col + i % place.cols,
                          std::bit_cast<std::uint64_t>(value))
            : 0;
    values[i] = static_cast<float>(decode_float(rule.format, encode_float(rule, value, random)));
  }
}

}  // namespace tricycle
#endif  // HWY_ONCE
