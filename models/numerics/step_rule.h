// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tricycle {

/// A bound of the exponents of a step's addends (SumOrder::kAligned) that bounds nothing: no
/// product of two floats is as small.
inline constexpr std::int64_t kNoLeastExponent = -1000;

/// What lies below the last bit that a step keeps of an addend: cut off the magnitude, or rounded
/// down.
enum class StepAlignment : std::uint8_t { kTowardZero, kFloor };
/// A step whose products are all zero. kSkip: leaves the sum as it is, its sign too. kAlign: is a
/// step like any other, and every zero that a step makes is +0.
enum class ZeroSteps : std::uint8_t { kSkip, kAlign };
/// A step's sum beyond the largest finite number. kIeee: as its rounding says; toward zero that is
/// the largest number. kInfinity: an infinity, whatever the rounding.
enum class StepOverflow : std::uint8_t { kIeee, kInfinity };
/// Where a step begins. kSum: at the sum so far.  kZero: at +0; what comes out is then added to the
/// sum so far by an ordinary addition to nearest even.
enum class StepStart : std::uint8_t { kSum, kZero };
/// How the sum of a step is rounded in accumulators of fp16, where binary32 may differ.
enum class Fp16StepRounding : std::uint8_t { kSame, kNearestEven, kTowardZero };

/// What a step of SumOrder::kAligned does beyond its fraction bits (mac.h).  The defaults are the
/// plain rule; what a chip was seen to do beside it has a key here (docs/numerics.md).
struct StepRule {
  std::int64_t sum_bits = 0;  // fraction bits of its sum in binary32; 0: all 23
  std::int64_t least_exponent = kNoLeastExponent;
  StepAlignment alignment = StepAlignment::kTowardZero;
  ZeroSteps zeros = ZeroSteps::kSkip;
  StepOverflow overflow = StepOverflow::kIeee;
  Fp16StepRounding fp16_rounding = Fp16StepRounding::kSame;
  StepStart start = StepStart::kSum;
  // The products are added in `groups` steps, one after the other: group g has the products k with
  // (k / run) mod groups = g.
  std::int64_t groups = 1, run = 1;

  friend bool operator==(const StepRule&, const StepRule&) = default;
};

}  // namespace tricycle
