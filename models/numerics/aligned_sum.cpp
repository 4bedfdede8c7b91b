// SPDX-License-Identifier: Apache-2.0
//
// One step of a matrix unit that adds many products at once, as tensor cores do: SumOrder::kAligned
// of mac.h.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "models/numerics/multiply_add.h"

namespace tricycle {

namespace {

/// Exponent of a value with its significand in [1, 2), or of the subnormals of its format.  Not for
/// zero.
int exponent_of(float value, int smallest) {
  const auto field = static_cast<int>(std::bit_cast<std::uint32_t>(value) >> 23 & 0xFF);
  return std::max(field == 0 ? smallest : field - 127, smallest);
}

int smallest_exponent(Format format) { return 1 - info(format).exponent_bias(); }

/// 2^exponent.  Precondition: a normal double.
double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

Rounding sum_rounding(const MacSpec& spec) {
  if (spec.accumulator == Accumulator::kFp16) {
    if (spec.step.fp16_rounding == Fp16StepRounding::kNearestEven) return Rounding::kNearestEven;
    if (spec.step.fp16_rounding == Fp16StepRounding::kTowardZero) return Rounding::kTowardZero;
  }
  return spec.sum_rounding;
}

/// `sum` rounded to `bits` fraction bits of its exponent, which is at least the smallest one of
/// `sums`.  Exact: |sum| has at most 53 bits.  Toward zero, what is beyond the range of `sums` is
/// the largest number of so many bits.
double keep_bits(double sum, std::int64_t bits, Format sums, Rounding rounding) {
  const int exponent = std::max(std::ilogb(sum), smallest_exponent(sums));
  const double unit = std::ldexp(1.0, exponent - static_cast<int>(bits));
  const int largest = info(sums).exponent_bias();
  if (rounding == Rounding::kTowardZero && exponent > largest)
    return std::copysign(2 - std::ldexp(1.0, -static_cast<int>(bits)), sum) * power_of_two(largest);
  return (rounding == Rounding::kTowardZero ? std::trunc(sum / unit) : std::nearbyint(sum / unit)) *
         unit;
}

/// An exact sum as the accumulator holds it: one rounding.
float round_sum(const MacSpec& spec, Format sums, double sum) {
  const StepRule& step = spec.step;
  const Rounding rounding = sum_rounding(spec);
  const double past_the_top = power_of_two(info(sums).exponent_bias() + 1);
  if (step.overflow == StepOverflow::kInfinity && std::abs(sum) >= past_the_top)
    return std::copysign(HUGE_VALF, static_cast<float>(sum));
  if (sums == Format::kFp32 && step.sum_bits != 0 && sum != 0)
    sum = keep_bits(sum, step.sum_bits, sums, rounding);
  const auto held = static_cast<float>(
      decode_float(sums, encode_float(StorageRule{.format = sums, .rounding = rounding}, sum)));
  return step.zeros == ZeroSteps::kAlign && held == 0 ? 0.0F : held;
}

/// The products of one group of a step: those of `count` that the group has, one after the other.
class Group {
 public:
  Group(const MacSpec& spec, std::int64_t count, std::int64_t group)
      : run_(spec.step.groups == 1 ? kMostFanIn : spec.step.run),
        jump_(run_ * (spec.step.groups - 1)),
        count_(count),
        first_(group * run_) {}
  /// Calls visit(d) for every product of the group, d ascending.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::int64_t begin = first_; begin < count_; begin += run_ + jump_)
      for (std::int64_t d = begin; d < std::min(begin + run_, count_); ++d) visit(d);
  }

 private:
  std::int64_t run_, jump_, count_, first_;
};

/// `acc` after the products of one group, all in one step.
float add_group(const MacSpec& spec, const float* a, const float* b, std::int64_t stride,
                const Group& group, float acc) {
  const Format sums = format_of(spec.accumulator);
  const int smallest_a = smallest_exponent(spec.operands),
            smallest_b = smallest_exponent(spec.right.value_or(spec.operands));
  // 1. Exact products, and the largest exponent.  Twice the smallest of binary32 is below them all.
  double product[kMostFanIn];
  int largest = static_cast<int>(kNoLeastExponent);
  bool all_zero = true;
  double unaligned = static_cast<double>(acc);
  group.for_each([&](std::int64_t d) {
    const float x = a[d], y = b[d * stride];
    product[d] = static_cast<double>(x) * static_cast<double>(y);
    unaligned += product[d];
    if (product[d] == 0) return;
    all_zero = false;
    largest = std::max(largest, exponent_of(x, smallest_a) + exponent_of(y, smallest_b));
  });
  // 2.  Infinities and NaN come out as from any other sum.
  if (!std::isfinite(unaligned)) return round_to_storage(sums, static_cast<float>(unaligned));
  // 3.  Where zeros are skipped they add nothing: the sum stays as it is, including its sign, so it
  // does not show which zeros were skipped.
  if (all_zero && spec.step.zeros == ZeroSteps::kSkip) return acc;
  if (all_zero && acc == 0) return 0;
  if (acc != 0) largest = std::max(largest, exponent_of(acc, smallest_exponent(sums)));
  largest = std::max(largest, static_cast<int>(spec.step.least_exponent));
  // 4.  Integer multiples of the last bit that is kept, and their exact sum.
  const int last = largest - static_cast<int>(spec.fraction_bits);
  const double aligned = power_of_two(-last);
  const bool down = spec.step.alignment == StepAlignment::kFloor;
  const auto cut = [&](double addend) {
    return static_cast<std::int64_t>(down ? std::floor(addend * aligned) : addend * aligned);
  };
  std::int64_t total = cut(static_cast<double>(acc));
  group.for_each([&](std::int64_t d) { total += cut(product[d]); });
  // 5. One rounding.
  return round_sum(spec, sums, static_cast<double>(total) * power_of_two(last));
}

}  // namespace

bool zero_steps_keep(const MacSpec& spec, Kept what) {
  if (spec.order != SumOrder::kAligned || spec.step.zeros == ZeroSteps::kSkip) return true;
  const Format sums = format_of(spec.accumulator);
  const std::int64_t own = info(sums).mantissa_bits;
  const bool fewer = sums == Format::kFp32 && spec.step.sum_bits != 0 && spec.step.sum_bits < own;
  const std::int64_t bits = fewer ? spec.step.sum_bits : own;
  if (fewer && what == Kept::kTerms) return false;
  return spec.fraction_bits >= bits &&
         spec.step.least_exponent - spec.fraction_bits <= smallest_exponent(sums) - bits;
}

float add_aligned(const MacSpec& spec, const float* a, const float* b, std::int64_t stride,
                  std::int64_t count, float acc) {
  const bool from_zero = spec.step.start == StepStart::kZero;
  float sum = from_zero ? 0 : acc;
  for (std::int64_t group = 0; group < spec.step.groups; ++group)
    sum = add_group(spec, a, b, stride, Group(spec, count, group), sum);
  return from_zero ? add_partial(spec, acc, sum) : sum;
}

}  // namespace tricycle
