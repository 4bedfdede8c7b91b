// SPDX-License-Identifier: Apache-2.0
//
// The keys of formats.<name>: a part of the table of config_fields.h.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "models/field.h"
#include "models/hw_config.h"

namespace tricycle {

template <>
struct EnumNames<Accumulator> {
  static constexpr std::array<std::pair<std::string_view, Accumulator>, 6> kValues{
      {{"fp64", Accumulator::kFp64},
       {"fp32", Accumulator::kFp32},
       {"fp16", Accumulator::kFp16},
       {"int32", Accumulator::kInt32},
       {"int48", Accumulator::kInt48},
       {"int64", Accumulator::kInt64}}};
};
template <>
struct EnumNames<AccumulatorOverflow> {
  static constexpr std::array<std::pair<std::string_view, AccumulatorOverflow>, 2> kValues{
      {{"wrap", AccumulatorOverflow::kWrap}, {"saturate", AccumulatorOverflow::kSaturate}}};
};
template <>
struct EnumNames<FloatOverflow> {
  static constexpr std::array<std::pair<std::string_view, FloatOverflow>, 2> kValues{
      {{"to_infinity", FloatOverflow::kToInfinity}, {"saturate", FloatOverflow::kSaturate}}};
};
template <>
struct EnumNames<Rounding> {
  static constexpr std::array<std::pair<std::string_view, Rounding>, 4> kValues{
      {{"nearest_even", Rounding::kNearestEven},
       {"toward_zero", Rounding::kTowardZero},
       {"half_up", Rounding::kHalfUp},
       {"stochastic", Rounding::kStochastic}}};
};
template <>
struct EnumNames<Subnormals> {
  static constexpr std::array<std::pair<std::string_view, Subnormals>, 2> kValues{
      {{"keep", Subnormals::kKeep}, {"flush", Subnormals::kFlush}}};
};
template <>
struct EnumNames<SumOrder> {
  static constexpr std::array<std::pair<std::string_view, SumOrder>, 4> kValues{
      {{"sequential", SumOrder::kSequential},
       {"tile", SumOrder::kTile},
       {"tree", SumOrder::kTree},
       {"aligned", SumOrder::kAligned}}};
};
template <>
struct EnumNames<MultiplyAdd> {
  static constexpr std::array<std::pair<std::string_view, MultiplyAdd>, 2> kValues{
      {{"fused", MultiplyAdd::kFused}, {"separate", MultiplyAdd::kSeparate}}};
};
template <>
struct EnumNames<Scaling> {
  static constexpr std::array<std::pair<std::string_view, Scaling>, 4> kValues{
      {{"static", Scaling::kStatic},
       {"per_tensor", Scaling::kPerTensor},
       {"per_row_column", Scaling::kPerRowColumn},
       {"per_block", Scaling::kPerBlock}}};
};
template <>
struct EnumNames<ScaleRounding> {
  static constexpr std::array<std::pair<std::string_view, ScaleRounding>, 2> kValues{
      {{"exact", ScaleRounding::kExact}, {"power_of_two", ScaleRounding::kPowerOfTwo}}};
};

template <>
struct EnumNames<StepAlignment> {
  static constexpr std::array<std::pair<std::string_view, StepAlignment>, 2> kValues{
      {{"toward_zero", StepAlignment::kTowardZero}, {"floor", StepAlignment::kFloor}}};
};
template <>
struct EnumNames<ZeroSteps> {
  static constexpr std::array<std::pair<std::string_view, ZeroSteps>, 2> kValues{
      {{"skip", ZeroSteps::kSkip}, {"align", ZeroSteps::kAlign}}};
};
template <>
struct EnumNames<StepOverflow> {
  static constexpr std::array<std::pair<std::string_view, StepOverflow>, 2> kValues{
      {{"ieee", StepOverflow::kIeee}, {"infinity", StepOverflow::kInfinity}}};
};
template <>
struct EnumNames<StepStart> {
  static constexpr std::array<std::pair<std::string_view, StepStart>, 2> kValues{
      {{"sum", StepStart::kSum}, {"zero", StepStart::kZero}}};
};
template <>
struct EnumNames<Fp16StepRounding> {
  static constexpr std::array<std::pair<std::string_view, Fp16StepRounding>, 3> kValues{
      {{"same", Fp16StepRounding::kSame},
       {"nearest_even", Fp16StepRounding::kNearestEven},
       {"toward_zero", Fp16StepRounding::kTowardZero}}};
};
template <>
struct EnumNames<NanCode> {
  static constexpr std::array<std::pair<std::string_view, NanCode>, 2> kValues{
      {{"quiet", NanCode::kQuiet}, {"ones", NanCode::kOnes}}};
};
template <>
struct EnumNames<ComputedAs> {
  static constexpr std::array<std::pair<std::string_view, ComputedAs>, 3> kValues{
      {{"own", ComputedAs::kOwn},
       {"fp16", ComputedAs::kFp16},
       {"fp16_chain", ComputedAs::kFp16Chain}}};
};
template <>
struct EnumNames<OperandBits> {
  static constexpr std::array<std::pair<std::string_view, OperandBits>, 2> kValues{
      {{"round", OperandBits::kRound}, {"cut", OperandBits::kCut}}};
};

/// The keys of formats.<name>.step.
template <typename Visitor>
void visit_fields(Visitor& v, StepRule& c, const FormatInfo& format) {
  v.number(Field{"sum_bits", Quantity::kCount, 0, 23, false,
                 "fraction bits that a step's sum keeps in fp32; 0: all"},
           c.sum_bits);
  v.number(Field{"least_exponent", Quantity::kCount, static_cast<double>(kNoLeastExponent), 127,
                 false, "addends are aligned to this exponent at the least; -1000: to any"},
           c.least_exponent);
  v.choice("alignment", c.alignment, false,
           "what lies below the last bit of an addend: cut toward_zero, or rounded down (floor)");
  v.choice("zeros", c.zeros, false,
           "a step of zero products: skip it, or align the sum too and make every zero +0");
  v.choice("overflow", c.overflow, false,
           "a sum beyond the largest number: ieee (as it is rounded), or always an infinity");
  if (is_within_fp16(format.id))
    v.choice("fp16_rounding", c.fp16_rounding, false,
             "of a step's sum in accumulators of fp16: nearest_even, toward_zero, or the same as "
             "sum_rounding");
  v.choice("start", c.start, false,
           "a step begins at the sum so far, or at zero and is added in the end, to nearest even");
  v.number(Field{"groups", Quantity::kCount, 1, kMostFanIn, false,
                 "steps that share the fan_in products, one after the other"},
           c.groups);
  v.number(Field{"run", Quantity::kCount, 1, kMostFanIn, false,
                 "consecutive k that go to one group before the next group's turn"},
           c.run);
}

/// The keys that only formats in fixed point have.
template <typename Visitor>
void visit_fixed_point(Visitor& v, FormatSupport& c, const FormatInfo& format) {
  v.number(Field{"integer_bits", Quantity::kCount, 0, static_cast<double>(format.bits - 3), false,
                 "of matrices, in front of the point: 0 for entries below 1 (Q0.15), 1 for entries "
                 "below 2 (Q1.14: beta up to 2)"},
           c.integer_bits);
  v.choice("scaling", c.scaling, false,
           "scales of operands: static fraction bits, or measured before every product; matrices "
           "are fp32 then");
  v.choice("scale_rounding", c.scale_rounding, false,
           "measured scales: exact (fp32), or rounded up to a power_of_two");
  v.number(Field{"scale_block", Quantity::kCount, 1, 256, false,
                 "scaling per_block: consecutive k that share a scale"},
           c.scale_block);
}

template <typename Visitor>
void visit_fields(Visitor& v, FormatSupport& c, const FormatInfo& format) {
  v.choice("accumulator", c.accumulator, true, "format of the sums");
  if (format.is_float() && rounds_when_stored(format.id))
    v.choice("overflow", c.float_overflow, false,
             "results beyond the largest value: to_infinity (float8_e4m3fn: NaN) or saturate");
  if (!format.is_float())
    v.choice("overflow", c.overflow, false, "sums beyond the accumulator: wrap or saturate");
  v.choice("order", c.order, false,
           "order of the sum: sequential in k; tile: a pass from zero, then added; aligned or "
           "(floats) tree: fan_in products at once");
  v.choice("multiply_add", c.multiply_add, false,
           "fp32, fp64: fused or separate rounding of product and sum; others: separate, the "
           "product is exact");
  v.number(Field{"fan_in", Quantity::kCount, 0, kMostFanIn, false,
                 "order tree or aligned: products of a step; 0: depth"},
           c.fan_in);
  if (format.is_float() && format.id != Format::kFp64) {
    v.number(Field{"fraction_bits", Quantity::kCount, 1, kMostFractionBits, false,
                   "order aligned: bits kept behind the point of the largest addend"},
             c.fraction_bits);
    v.choice("sum_rounding", c.sum_rounding, false,
             "order aligned: of a step's sum, nearest_even or toward_zero");
    v.optional_section("step", c.has_step, [&] { visit_fields(v, c.step, format); });
  }
  if (format.is_float() && format.bits == 8)
    v.choice("computed_as", c.computed_as, false,
             "own: by the keys of this format; fp16, fp16_chain: operands become fp16, multiplied "
             "in steps of formats.fp16 that begin at zero, or at the sum so far");
  if (format.id == Format::kTf32)
    v.choice("operand_bits", c.operand_bits, false,
             "fp32 elements as operands of `product`: round to tf32, or cut the lower 13 bits");
  if (rounds_when_stored(format.id)) {
    v.choice("rounding", c.rounding, false, "of results to storage; half_up: integers only");
    v.number(Field{"rounding_seed", Quantity::kCount, 0, 9007199254740991, false,
                   "stochastic rounding: seed of its random numbers"},
             c.rounding_seed);
  }
  if (format.is_float()) {
    v.choice("subnormals", c.subnormals, false,
             "operands and results that are subnormal: keep, or flush to zero");
    v.choice("nan", c.nan, false,
             "code of a NaN in results and sums: quiet (7e00 of fp16), or ones (7fff)");
  }
  v.number(Field{"depth", Quantity::kCount, 0, 256, false,
                 "dot-product length of one PE; 0: systolic_array.depth"},
           c.depth);
  v.number(Field{"passes", Quantity::kCount, 1, 64, false,
                 "array passes one product takes in this format"},
           c.passes);
  if (!format.is_float()) visit_fixed_point(v, c, format);
}

}  // namespace tricycle
