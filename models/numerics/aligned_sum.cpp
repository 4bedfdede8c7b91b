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

}  // namespace

float add_aligned(const MacSpec& spec, const float* a, const float* b, std::int64_t stride,
                  std::int64_t count, float acc) {
  const Format sums = format_of(spec.accumulator);
  const int smallest = smallest_exponent(spec.operands);
  // 1. Exact products, and the largest exponent.  Twice the smallest of binary32 is below them all.
  double product[kMostFanIn];
  constexpr int kNone = -1000;
  int largest = kNone;
  double unaligned = static_cast<double>(acc);
  for (std::int64_t d = 0; d < count; ++d) {
    const float x = a[d], y = b[d * stride];
    product[d] = static_cast<double>(x) * static_cast<double>(y);
    unaligned += product[d];
    if (product[d] != 0)
      largest = std::max(largest, exponent_of(x, smallest) + exponent_of(y, smallest));
  }
  // 2.  Infinities and NaN come out as from any other sum.  Zeros add nothing: the sum stays as it
  // is, including its sign, so it does not show which zeros were skipped.
  if (!std::isfinite(unaligned)) return round_to_storage(sums, static_cast<float>(unaligned));
  if (largest == kNone) return acc;
  if (acc != 0) largest = std::max(largest, exponent_of(acc, smallest_exponent(sums)));
  // 3.  Integer multiples of the last bit that is kept, truncated toward zero, and their exact sum.
  const int last = largest - static_cast<int>(spec.fraction_bits);
  const double aligned = power_of_two(-last);
  auto total = static_cast<std::int64_t>(static_cast<double>(acc) * aligned);
  for (std::int64_t d = 0; d < count; ++d) total += static_cast<std::int64_t>(product[d] * aligned);
  // 4. One rounding.
  const double sum = static_cast<double>(total) * power_of_two(last);
  return static_cast<float>(decode_float(
      sums, encode_float(StorageRule{.format = sums, .rounding = spec.sum_rounding}, sum)));
}

}  // namespace tricycle
