// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/numerics/convert.h"
#include "models/numerics/format.h"
#include "models/numerics/step_rule.h"

namespace tricycle {

/// Arithmetic of one operand format: how the matrix unit sums, and how results are stored.
struct FormatSupport {
  bool present = false;  // false: the machine does not have the format
  Accumulator accumulator = Accumulator::kFp32;
  AccumulatorOverflow overflow = AccumulatorOverflow::kWrap;
  SumOrder order = SumOrder::kSequential;
  MultiplyAdd multiply_add = MultiplyAdd::kSeparate;
  std::int64_t fan_in = 0;          // kTree, kAligned: products per step; 0: the depth of a PE
  std::int64_t fraction_bits = 24;  // kAligned
  Rounding sum_rounding = Rounding::kNearestEven;             // kAligned
  bool has_step = false;                                      // whether `step` was given
  StepRule step{};                                            // kAligned: floats
  ComputedAs computed_as = ComputedAs::kOwn;                  // floats of 8 bits
  OperandBits operand_bits = OperandBits::kRound;             // tf32
  NanCode nan = NanCode::kQuiet;                              // floats: of results and sums
  Rounding rounding = Rounding::kNearestEven;                 // of results to storage
  std::int64_t rounding_seed = 0;                             // Rounding::kStochastic
  FloatOverflow float_overflow = FloatOverflow::kToInfinity;  // floats: of results
  Subnormals subnormals = Subnormals::kKeep;                  // floats: of operands and results
  std::int64_t depth = 0;                                     // 0: systolic_array.depth
  std::int64_t integer_bits = 0;       // fixed point: bits between the sign and the point
  std::int64_t passes = 1;             // array passes one product takes (fp32 on a bf16 array)
  Scaling scaling = Scaling::kStatic;  // integers
  ScaleRounding scale_rounding = ScaleRounding::kExact;  // integers with measured scales
  std::int64_t scale_block = 32;                         // Scaling::kPerBlock: consecutive k

  bool is_dynamic() const { return scaling != Scaling::kStatic; }
};

/// The default accumulator and storage rounding of every format.  No format is present.
constexpr std::array<FormatSupport, kFormatCount> default_formats() {
  std::array<FormatSupport, kFormatCount> out{};
  for (const FormatInfo& row : kFormats) {
    FormatSupport& support = out[static_cast<std::size_t>(row.id)];
    support.accumulator = row.id == Format::kFp64 ? Accumulator::kFp64
                          : row.is_float()        ? Accumulator::kFp32
                                                  : Accumulator::kInt32;
    support.rounding = row.is_float() ? Rounding::kNearestEven : Rounding::kHalfUp;
    support.float_overflow = row.overflow;
  }
  return out;
}

}  // namespace tricycle
