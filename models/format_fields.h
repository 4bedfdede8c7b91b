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

template <typename Visitor>
void visit_fields(Visitor& v, FormatSupport& c, const FormatInfo& format) {
  v.choice("accumulator", c.accumulator, true, "format of the sums");
  if (format.is_float() && rounds_when_stored(format.id))
    v.choice("overflow", c.float_overflow, false,
             "results beyond the largest value: to_infinity (float8_e4m3fn: NaN) or saturate");
  if (!format.is_float())
    v.choice("overflow", c.overflow, false, "sums beyond the accumulator: wrap or saturate");
  v.choice("order", c.order, false,
           "order of the sum: sequential in k; tile: a pass from zero, then added; floats: tree or "
           "aligned, fan_in products at once");
  v.choice("multiply_add", c.multiply_add, false,
           "fp32, fp64: fused or separate rounding of product and sum; others: separate, the "
           "product is exact");
  if (format.is_float())
    v.number(Field{"fan_in", Quantity::kCount, 0, kMostFanIn, false,
                   "order tree or aligned: products of a step; 0: depth"},
             c.fan_in);
  if (format.is_float() && format.id != Format::kFp64) {
    v.number(Field{"fraction_bits", Quantity::kCount, 1, kMostFractionBits, false,
                   "order aligned: bits kept behind the point of the largest addend"},
             c.fraction_bits);
    v.choice("sum_rounding", c.sum_rounding, false,
             "order aligned: of a step's sum, nearest_even or toward_zero");
  }
  if (rounds_when_stored(format.id)) {
    v.choice("rounding", c.rounding, false, "of results to storage; half_up: integers only");
    v.number(Field{"rounding_seed", Quantity::kCount, 0, 9007199254740991, false,
                   "stochastic rounding: seed of its random numbers"},
             c.rounding_seed);
  }
  if (format.is_float())
    v.choice("subnormals", c.subnormals, false,
             "operands and results that are subnormal: keep, or flush to zero");
  v.number(Field{"depth", Quantity::kCount, 0, 256, false,
                 "dot-product length of one PE; 0: systolic_array.depth"},
           c.depth);
  v.number(Field{"passes", Quantity::kCount, 1, 64, false,
                 "array passes one product takes in this format"},
           c.passes);
  if (format.is_float()) return;
  v.choice("scaling", c.scaling, false,
           "scales of operands: static fraction bits, or measured before every product; matrices "
           "are fp32 then");
  v.choice("scale_rounding", c.scale_rounding, false,
           "measured scales: exact (fp32), or rounded up to a power_of_two");
  v.number(Field{"scale_block", Quantity::kCount, 1, 256, false,
                 "scaling per_block: consecutive k that share a scale"},
           c.scale_block);
}

}  // namespace tricycle
