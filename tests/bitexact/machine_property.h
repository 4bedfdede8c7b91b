// SPDX-License-Identifier: Apache-2.0
//
// Random cases for the property that bits depend on arithmetic and data alone: what is inverted, in
// which arithmetic, and machines that must not show.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "models/error.h"
#include "models/hw_config.h"
#include "tests/random_machine.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/tiling.h"

namespace tricycle::testing {

/// Draws from lists and ranges; every draw follows from the seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed)
      : random_(static_cast<std::mt19937::result_type>(seed * 2654435761U + seed / 65536 + 1)) {}
  std::mt19937& generator() { return random_; }
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  template <typename T>
  T of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<std::uint32_t>(values.size()))];
  }
  template <typename List>
  const auto& of(const List& values) {
    return values[below(static_cast<std::uint32_t>(std::size(values)))];
  }

 private:
  std::mt19937 random_;
};

/// What the bits may depend on.
struct BitsCase {
  const Algorithm* algorithm = nullptr;
  AlgorithmParameters parameters;
  int chunk = 0;
  Format format = Format::kFp32;
  FormatSupport arithmetic;
  bool terms_first = false;          // sums start from the linear terms
  std::optional<LinearTerms> terms;  // how else they are added
  SystolicArrayConfig array;         // order: tile is of its rows and depth
  std::vector<double> a;
};

inline FormatSupport random_float_arithmetic(Format format, Draw& draw) {
  FormatSupport f = default_formats()[static_cast<std::size_t>(format)];
  f.order = draw.of({SumOrder::kSequential, SumOrder::kSequential, SumOrder::kTile, SumOrder::kTree,
                     SumOrder::kAligned});
  if (format == Format::kFp64 && f.order == SumOrder::kAligned) f.order = SumOrder::kTree;
  if (!products_are_exact(format))
    f.multiply_add = draw.of({MultiplyAdd::kFused, MultiplyAdd::kSeparate});
  f.fan_in = draw.of({1, 2, 3, 4, 5, 8, 12, 16, 32});
  f.fraction_bits = draw.of({7, 14, 23, 24, 25, 30});
  f.sum_rounding = draw.of({Rounding::kNearestEven, Rounding::kTowardZero});
  if (is_within_fp16(format) && draw.one_in(2)) f.accumulator = Accumulator::kFp16;
  if (rounds_when_stored(format)) {
    f.rounding = draw.of({Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kStochastic});
    f.float_overflow = draw.of({FloatOverflow::kToInfinity, FloatOverflow::kSaturate});
  }
  f.subnormals = draw.of({Subnormals::kKeep, Subnormals::kFlush});
  return f;
}

inline FormatSupport random_integer_arithmetic(Format format, Draw& draw) {
  FormatSupport f = default_formats()[static_cast<std::size_t>(format)];
  f.accumulator = draw.of({Accumulator::kInt32, Accumulator::kInt48, Accumulator::kInt64});
  f.overflow = draw.of({AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate});
  f.order = draw.of({SumOrder::kSequential, SumOrder::kTile});
  f.rounding = draw.of({Rounding::kHalfUp, Rounding::kNearestEven, Rounding::kTowardZero,
                        Rounding::kStochastic, Rounding::kStochastic});
  f.scaling = draw.of({Scaling::kStatic, Scaling::kStatic, Scaling::kStatic, Scaling::kPerTensor,
                       Scaling::kPerRowColumn, Scaling::kPerBlock});
  f.scale_rounding = draw.of({ScaleRounding::kExact, ScaleRounding::kPowerOfTwo});
  f.scale_block = draw.of({1, 3, 8, 12, 16, 32});
  return f;
}

/// An element that is hard in some way: `kind` says in which.
inline double hard_value(Format format, int kind, Draw& draw) {
  const FormatInfo& f = info(format);
  const double sign = draw.one_in(2) ? -1 : 1;
  const double fraction = 1 + draw.below(1024) / 1024.0;
  const int smallest = f.is_float() ? 1 - f.exponent_bias() : -f.bits;
  switch (kind) {
    case 0:  // underflows when multiplied, subnormals, zeros of both signs
      return draw.one_in(6)
                 ? sign * 0.0
                 : sign * std::ldexp(fraction, smallest / 2 - 4 + static_cast<int>(draw.below(12)));
    case 1: return sign * std::ldexp(fraction, smallest + static_cast<int>(draw.below(8)) - 6);
    case 2:  // ties of storage
      return sign * (draw.below(64) / 64.0 + std::ldexp(1.0, -f.mantissa_bits - 1));
    case 3:  // leaves the range of fixed point and of its accumulators
      return sign * (0.75 + draw.below(4) / 12.0);
    case 4:  // grows until it overflows
      return sign * std::ldexp(fraction, static_cast<int>(draw.below(6)));
    default:  // few entries
      return draw.one_in(5) ? sign * fraction / 2 : sign * 0.0;
  }
}

inline std::vector<double> random_chunk(int size, Format format, Draw& draw) {
  if (draw.one_in(4)) {
    Problem problem;
    problem.chunk = size;
    problem.ensemble = draw.of<std::string_view>({"iid", "correlated"});
    problem.decay = draw.of<std::string_view>({"weak", "none"});
    problem.matrices = 1;
    problem.seed = draw.below(1000);
    return synthetic_chunks(problem).front().a;
  }
  const int kind = info(format).is_float() ? draw.of({0, 0, 1, 2, 4, 5}) : draw.of({2, 3, 3, 5});
  std::vector<double> a(static_cast<std::size_t>(size) * static_cast<std::size_t>(size), 0.0);
  for (int i = 0; i < size; ++i)
    for (int j = 0; j < i; ++j)
      a[static_cast<std::size_t>(i * size + j)] =
          static_cast<double>(static_cast<float>(hard_value(format, kind, draw)));
  return a;
}

/// A setting that the algorithm takes; often the published one.
inline AlgorithmParameters random_parameters(const Algorithm& algorithm, int chunk, Draw& draw) {
  AlgorithmOptions options;
  for (const Parameter* parameter : in_order_of_choice(algorithm)) {
    const std::vector<int> candidates = parameter->candidates(chunk, options);
    if (!candidates.empty() && !draw.one_in(3)) options.put(parameter->key, draw.of(candidates));
  }
  try {
    return resolve_parameters(algorithm, chunk, options);
  } catch (const InputError&) {
    return resolve_parameters(algorithm, chunk, {});
  }
}

inline BitsCase random_case(Draw& draw) {
  BitsCase c;
  c.algorithm = &draw.of(algorithms());
  c.chunk = draw.one_in(16)  ? draw.of({48, 64, 72})
            : draw.one_in(3) ? 24 + static_cast<int>(draw.below(16))
                             : 2 + static_cast<int>(draw.below(22));
  c.parameters = random_parameters(*c.algorithm, c.chunk, draw);
  c.format = draw.of(kFormats).id;
  c.arithmetic = info(c.format).is_float() ? random_float_arithmetic(c.format, draw)
                                           : random_integer_arithmetic(c.format, draw);
  c.arithmetic.present = true;
  c.arithmetic.rounding_seed = draw.below(1U << 20);
  c.terms_first = c.arithmetic.rounding_seed % 2 == 0;
  constexpr LinearTerms kOthers[] = {LinearTerms::kProducts, LinearTerms::kKept};
  if (const auto other = c.arithmetic.rounding_seed / 2 % 5; other < 2 && info(c.format).is_float())
    c.terms = kOthers[other];
  // What stores values without a bound takes integers with measured scales alone.
  if (!info(c.format).is_float() && c.algorithm->floats_only)
    c.arithmetic.scaling = Scaling::kPerRowColumn;
  c.array.rows = draw.of({1, 2, 3, 4, 5, 7, 8, 12, 16, 24, 64});
  c.array.depth = draw.of({1, 1, 2, 4});
  c.array.dataflow = draw.of(
      {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary});
  c.a = random_chunk(c.chunk, c.format, draw);
  return c;
}

/// A machine with the arithmetic of the case and all else drawn at random.
inline HwConfig machine_for(const BitsCase& c, Draw& draw) {
  HwConfig hw = random_machine(draw.generator());
  if (draw.one_in(4)) hw = with_random_unit_clocks(hw, draw.generator());
  hw.formats[static_cast<std::size_t>(c.format)] = c.arithmetic;
  hw.vector_to_accumulator.present = c.terms_first;
  hw.accumulator_to_scratchpad.present = true;
  // What is measured or summed is kept in fp32, beside the format of the case.
  if (c.format != Format::kFp32)
    hw.formats[static_cast<std::size_t>(Format::kFp32)] =
        default_formats()[static_cast<std::size_t>(Format::kFp32)];
  hw.formats[static_cast<std::size_t>(Format::kFp32)].present = true;
  hw.systolic_array.rows = draw.of({1, 3, 4, 8, 9, 16, 32, 64});
  hw.systolic_array.cols = draw.of({1, 4, 6, 8, 16, 33, 64});
  hw.systolic_array.depth = draw.of({1, 2, 3, 4, 8});
  if (c.arithmetic.order == SumOrder::kTile) {
    hw.systolic_array.rows = c.array.rows;
    hw.systolic_array.depth = c.array.depth;
    const bool outputs_stay = c.array.dataflow == Dataflow::kOutputStationary;
    if (outputs_stay || hw.systolic_array.dataflow == Dataflow::kOutputStationary)
      hw.systolic_array.dataflow = c.array.dataflow;
  }
  return hw;
}

/// Every way in which the machine may cut the chunk.
inline std::vector<Cut> every_cut(const BitsCase& c, const HwConfig& hw) {
  std::vector<Cut> cuts;
  for (const int edge : tile_edges(hw, c.format, c.chunk))
    for (int group = 2;
         group == 2 || (c.algorithm->merges_pairs && group <= edge && group <= c.chunk); group *= 2)
      for (const int accumulators : {1, 2})
        cuts.push_back({.tile = edge,
                        .merge_group = group,
                        .linear_terms = c.terms,
                        .accumulators = accumulators});
  return cuts;
}

/// A known fault: where linear terms are products, a block merge stores what underflows from below
/// as -0, and a merge in the same group that follows stores that as +0.  The sign of such a zero
/// shows the groups.
inline bool shows_groups_by_zeros(const BitsCase& c) {
  return c.terms && c.algorithm->merges_pairs;
}

inline std::vector<std::uint8_t> with_positive_zeros(Format format,
                                                     std::vector<std::uint8_t> bits) {
  const auto bytes = static_cast<std::size_t>(info(format).file_bytes());
  for (std::size_t at = 0; at + bytes <= bits.size(); at += bytes) {
    const bool is_zero = std::all_of(bits.begin() + static_cast<std::ptrdiff_t>(at),
                                     bits.begin() + static_cast<std::ptrdiff_t>(at + bytes - 1),
                                     [](std::uint8_t byte) { return byte == 0; });
    std::uint8_t& last = bits[at + bytes - 1];
    if (is_zero && last == 0x80) last = 0;
  }
  return bits;
}

}  // namespace tricycle::testing
