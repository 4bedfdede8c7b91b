// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "models/numerics/convert.h"
#include "tests/timing/key_rows.h"

namespace tricycle::testing {

KeyRows machine_key_rows() {
  const auto chunk = inversion();
  return {
      // Twice the cycles a second; the DRAM's nanoseconds stay, and are more of them.
      {"clock", "2 GHz", Demand::kLess, nanoseconds(chunk), {}},
      {"clock", "2 GHz", Demand::kMore, total(chunk), {}},
      {"cores", "2", Demand::kLess, steady(chunk), {}},
      {"sequencer.in_flight", "1", Demand::kMore, steady(chunk), {}},
      {"sequencer.in_flight", "1", Demand::kMore, stalled(chunk, StallCause::kItem), {}},
      {"sequencer.token_latency", "40 cycles", Demand::kMore, total(chunk), {}},
      {"sequencer.token_latency",
       "40 cycles",
       Demand::kMore,
       stalled(chunk, StallCause::kToken),
       {}},
      {"sequencer.issue", "30 cycles", Demand::kMore, total(chunk), {}},
      {"sequencer.issue", "30 cycles", Demand::kMore, stalled(chunk, StallCause::kIssue), {}},
      {"sequencer.launch", "500 cycles", Demand::kMore, total(chunk), {}},
      {"sequencer.launch", "500 cycles", Demand::kMore, stalled(chunk, StallCause::kLaunch), {}},
      // The head of a queue blocks what could go on behind it.
      {"sequencer.dispatch", "program_order", Demand::kMore, steady(chunk), {}},
  };
}

KeyRows array_key_rows() {
  const std::string array = "systolic_array.";
  const std::string stay = array + "dataflow=os", shift = array + "drain.shift=rows";
  const auto cube = product(64, 64, 64);
  return {
      {array + "clock", "0.5 GHz", Demand::kMore, total(cube), {}},
      // Twice the PEs, half of the passes.
      {array + "rows", "16", Demand::kLess, total(cube), {}},
      {array + "cols", "16", Demand::kLess, total(cube), {}},
      // .. which a chunk of 32 cannot keep as busy.
      {array + "rows", "32", Demand::kLess, mac_utilization(inversion()), {}},
      {array + "cols", "32", Demand::kLess, mac_utilization(inversion()), {}},
      // 8 x 8 outputs stay for a k of 64, or every 8 of k are a pass with its head.
      {array + "dataflow", "os", Demand::kLess, total(product(8, 8, 64)), {array + "pass_head=10"}},
      // 64 columns stream past the 8 x 8 of A in one pass, or 8 rows past each of 8 tiles of B.
      {array + "dataflow", "is", Demand::kLess, total(product(8, 64, 8)), {array + "pass_head=10"}},
      {array + "overlap", "none", Demand::kMore, total(cube), {}},
      {array + "depth", "2", Demand::kLess, total(cube), {}},
      {array + "pe_latency", "4 cycles", Demand::kMore, total(product(8, 8, 8)), {}},
      {array + "broadcast", "true", Demand::kLess, total(product(8, 8, 8)), {stay}},
      {array + "skewed_tiles", "true", Demand::kMore, total(product(8, 8, 8)), {}},
      // Not the array's inputs, which are free as soon.
      {array + "skewed_tiles", "true", Demand::kMore, stalled(cube, StallCause::kDrain), {}},
      {array + "drain.shift", "rows", Demand::kMore, total(product(8, 8, 8)), {stay}},
      {array + "drain.shift", "cols", Demand::kMore, total(product(8, 8, 8)), {stay}},
      // Tiles of a k of 8 follow each other in 8 cycles, or when the chain is free, in 22.
      {array + "drain.start", "last", Demand::kMore, total(product(64, 64, 8)), {stay, shift}},
      {array + "drain.registers", "5 cycles", Demand::kMore, total(product(8, 8, 8)), {}},
      {array + "head", "9 cycles", Demand::kMore, busy(cube, Unit::kMatrix), {}},
      {array + "pass_head", "9 cycles", Demand::kMore, busy(cube, Unit::kMatrix), {}},
      // .. and the way of one pass alone.
      {array + "head", "9 cycles", Demand::kMore, total(product(8, 8, 8)), {}},
      {array + "pass_head", "9 cycles", Demand::kMore, total(product(8, 8, 8)), {}},
  };
}

namespace {

/// A row and a column of `format` whose sum from k = 0 on loses the eight small products behind its
/// large first one where each is half of what the accumulator resolves no more, and the large one
/// subtracted: 0 summed in order, eight small ones where steps or passes of 8 sum them on their
/// own.
Figure small_ones_beside_a_large_product(Format format) {
  // 2^16 beside 2^-8, 2^24 times smaller, in fp32; 2^53 beside 1 in fp64: a tie, to the even one.
  const bool wide = format == Format::kFp64;
  const double x = wide ? 134217728 : 256, y = wide ? 67108864 : 256, small = wide ? 1 : 1.0 / 16;
  std::vector<double> row(24, 0), column(24, 0);
  row[0] = x, column[0] = y;
  row[16] = -x, column[16] = y;
  for (std::size_t k = 8; k < 16; ++k) row[k] = column[k] = small;
  return dot(format, row, column);
}

/// 2^16 and three quarters of what binary32 resolves beside it, in one step of 8; 2^16 subtracted
/// in the next: 2^-7 rounded to nearest, 0 toward zero.
Figure three_quarters_beside_a_large_product(Format format) {
  std::vector<double> row(16, 0), column(16, 0);
  row[0] = column[0] = column[8] = 256;
  row[8] = -256;
  row[1] = 1.5 / 16, column[1] = 1.0 / 16;
  return dot(format, row, column);
}

/// 2048 + 1 - 2048: 1, or 0 in an accumulator of 11 bits.
Figure one_beside_2048(Format format) { return dot(format, {64, 1, -64}, {32, 1, 32}); }

/// 1 and three quarters of the gap behind it: 1 + 2^-mantissa bits to nearest, 1 toward zero.
Figure three_quarters_behind_one(Format format) {
  const double gap = std::ldexp(1.0, -info(format).mantissa_bits);
  return dot(format, {1, 1}, {1, 0.75 * gap});
}

/// The largest value and three quarters of its last bit: does the result have a value?
Figure beyond_the_largest(Format format) {
  const FormatInfo& f = info(format);
  const double largest = decode_float(format, f.overflow_code() - 1),
               last = largest - decode_float(format, f.overflow_code() - 2);
  const Figure result = dot(format, {1, 1}, {largest, 0.75 * last});
  return [result](const HwConfig& hw) { return std::isfinite(result(hw)) ? 1.0 : 0.0; };
}

/// Half of the smallest normal number.
Figure a_subnormal(Format format) {
  return dot(format, {1}, {std::ldexp(1.0, -info(format).exponent_bias())});
}

/// Of 64 products half way between two results, how many are not rounded as by default.
Figure rounded_otherwise(Format format, const HwConfig& usual) {
  return [format, usual](const HwConfig& hw) {
    const FormatInfo& f = info(format);
    int different = 0;
    for (int i = 0; i < 64; ++i) {
      // (2 i + 1) / 2 of the last bit: in floats of 1, behind a one for each.
      const int values = f.is_float() ? 4 : std::min(64, 1 << (f.mantissa_bits - 1));
      const double odd = static_cast<double>(2 * (i % values) + 1);
      const Figure result =
          f.is_float()
              ? dot(format, {1, odd / 8},
                    {1, std::ldexp(4.0, -f.mantissa_bits) * (1 + static_cast<double>(i / 4) / 64)})
              : dot(format, {odd / std::ldexp(1.0, f.mantissa_bits)}, {0.5});
      different += result(hw) != result(usual);
    }
    return static_cast<double>(different);
  };
}

/// What rounding x^2 lost: x^2 - round(x^2) fused, 0 where the product is rounded as well.
Figure lost_by_a_square(Format format) {
  // x = 1 + 2^-12: x^2 = 1 + 2^-11 + 2^-24, a tie in binary32; 1 + 2^-27, below half in binary64.
  const bool wide = format == Format::kFp64;
  const double small = wide ? 1.0 / 134217728 : 1.0 / 4096;
  const double x = 1 + small, square = 1 + 2 * small;
  return dot(format, {square, x}, {-1, x});
}

/// The largest value squared, as often as overflows 32 bits: -1 where that wraps, the largest value
/// where it does not.
Figure largest_squares(Format format) {
  const double largest = info(format).bits == 8 ? 127 : 32767;
  const auto count = static_cast<std::size_t>(2147483648 / (largest * largest)) + 1;
  const double value = largest / (largest + 1);  // Q0.7, Q0.15
  return dot(format, std::vector<double>(count, value), std::vector<double>(count, value));
}

void add_float_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  const Format id = format.id;
  const std::string deep = key + "depth=8", in_steps = key + "order=tree";
  const std::string aligned = key + "order=aligned";
  // A float's sums are kept in no integers.
  rows.push_back({key + "accumulator", "int32", Demand::kRefused, {}, {}});
  if (is_within_fp16(id))
    rows.push_back({key + "accumulator", "fp16", Demand::kLess, one_beside_2048(id), {}});
  const Figure small_ones = small_ones_beside_a_large_product(id);
  rows.push_back({key + "order", "tile", Demand::kMore, small_ones, {}});
  rows.push_back({key + "order", "tree", Demand::kMore, small_ones, {deep}});
  rows.push_back({key + "fan_in", "1", Demand::kLess, small_ones, {deep, in_steps}});
  if (products_are_exact(id))
    rows.push_back({key + "multiply_add", "fused", Demand::kRefused, {}, {}});
  else
    rows.push_back({key + "multiply_add", "fused", Demand::kMore, lost_by_a_square(id), {}});
  rows.push_back({key + "subnormals", "flush", Demand::kLess, a_subnormal(id), {}});
  if (id == Format::kFp64) {
    rows.push_back({key + "order", "aligned", Demand::kRefused, {}, {}});
    return;
  }
  rows.push_back({key + "order", "aligned", Demand::kMore, small_ones, {deep}});
  rows.push_back({key + "fraction_bits", "20", Demand::kLess, small_ones, {deep, aligned}});
  rows.push_back({key + "sum_rounding",
                  "toward_zero",
                  Demand::kLess,
                  three_quarters_beside_a_large_product(id),
                  {deep, aligned, key + "fraction_bits=26"}});
  if (rounds_when_stored(id)) {
    const bool saturates = format.overflow == FloatOverflow::kSaturate;
    rows.push_back({key + "overflow",
                    saturates ? "to_infinity" : "saturate",
                    saturates ? Demand::kLess : Demand::kMore,
                    beyond_the_largest(id),
                    {}});
    rows.push_back(
        {key + "rounding", "toward_zero", Demand::kLess, three_quarters_behind_one(id), {}});
    rows.push_back({key + "rounding", "half_up", Demand::kRefused, {}, {}});
  }
}

/// Scales that are measured: an inversion that measures them, and its error.
void add_scale_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  const auto chunk = inversion(format.id);
  const std::string measured = key + "scaling=per_row_column", blocks = key + "scaling=per_block";
  for (const char* way : {"per_tensor", "per_row_column", "per_block"})
    rows.push_back({key + "scaling", way, Demand::kMore, total(chunk), {}});
  rows.push_back({key + "scaling", "per_row_column", Demand::kMore, dram_bytes(chunk), {}});
  // Additions instead of divisions, where those are slow.
  rows.push_back({key + "scale_rounding",
                  "power_of_two",
                  Demand::kLess,
                  total(chunk),
                  {measured, "vector_unit.operations.divide.startup=40 cycles",
                   "vector_unit.operations.reciprocal.startup=40 cycles"}});
  // Chunks of 32: four blocks of k instead of one.
  rows.push_back({key + "scale_block", "8", Demand::kMore, total(chunk), {blocks}});
  rows.push_back({key + "scale_block", "8", Demand::kRefused, {}, {measured}});
  rows.push_back({key + "scale_rounding", "power_of_two", Demand::kRefused, {}, {}});
  rows.push_back({key + "rounding", "toward_zero", Demand::kRefused, {}, {measured}});
}

void add_integer_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  // Operands of 4 bits would need 44 million products to leave 32.
  const bool overflows = format.bits > 4;
  for (const char* wide : {"int48", "int64"}) {
    if (overflows)
      rows.push_back({key + "accumulator", wide, Demand::kMore, largest_squares(format.id), {}});
    // Wider sums take the path to the vector unit longer.
    rows.push_back({key + "accumulator",
                    wide,
                    Demand::kMore,
                    total(product(32, 32, 8, format.id)),
                    {"topology.accumulator_to_vector.bytes_per_cycle=8 B/cycle"}});
  }
  if (overflows)
    rows.push_back({key + "overflow", "saturate", Demand::kMore, largest_squares(format.id), {}});
  // Sums that saturate have an order, and wait for each other (see order below).
  rows.push_back({key + "overflow",
                  "saturate",
                  Demand::kMore,
                  total(product(8, 8, 64, format.id)),
                  {"systolic_array.pe_latency=6", "systolic_array.drain.registers=9"}});
  rows.push_back({key + "order", "tree", Demand::kRefused, {}, {}});
  rows.push_back({key + "multiply_add", "fused", Demand::kRefused, {}, {}});
  // 1 x 1/2 of the last bit: 1, or 0.
  const Figure half = dot(format.id, {std::ldexp(1.0, -format.mantissa_bits)}, {0.5});
  // 1 is one too many for Q0.15, and a number of Q1.14.
  rows.push_back({key + "integer_bits", "1", Demand::kMore, dot(format.id, {1}, {1}), {}});
  rows.push_back({key + "integer_bits", "1", Demand::kRefused, {}, {key + "scaling=per_tensor"}});
  rows.push_back({key + "rounding", "toward_zero", Demand::kLess, half, {}});
  rows.push_back({key + "rounding", "nearest_even", Demand::kLess, half, {}});
}

/// Stochastic rounding, and its seed.
void add_stochastic_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  if (!rounds_when_stored(format.id)) return;
  HwConfig usual = key_base_machine();
  rows.push_back(
      {key + "rounding", "stochastic", Demand::kMore, rounded_otherwise(format.id, usual), {}});
  usual.formats[static_cast<std::size_t>(format.id)].rounding = Rounding::kStochastic;
  rows.push_back({key + "rounding_seed",
                  "1",
                  Demand::kMore,
                  rounded_otherwise(format.id, usual),
                  {key + "rounding=stochastic"}});
}

}  // namespace

KeyRows format_key_rows() {
  KeyRows rows;
  for (const FormatInfo& format : kFormats) {
    const std::string key = "formats." + std::string(format.name) + ".";
    if (format.is_float()) {
      add_float_rows(key, format, rows);
    } else {
      add_integer_rows(key, format, rows);
      add_scale_rows(key, format, rows);
    }
    add_stochastic_rows(key, format, rows);
    // Sums in order wait for each other where a PE takes longer than the next tile: 8 rows of 6
    // cycles against 8 + 7 x 5.  (Integers that wrap have no order.)
    std::vector<std::string> given{"systolic_array.pe_latency=6",
                                   "systolic_array.drain.registers=9"};
    if (!format.is_float()) given.push_back(key + "overflow=saturate");
    rows.push_back(
        {key + "order", "tile", Demand::kLess, total(product(8, 8, 64, format.id)), given});
    const auto cube = busy(product(64, 64, 64, format.id), Unit::kMatrix);
    rows.push_back({key + "depth", "2", Demand::kLess, cube, {}});
    rows.push_back({key + "passes", "3", Demand::kMore, cube, {}});
  }
  return rows;
}

}  // namespace tricycle::testing
