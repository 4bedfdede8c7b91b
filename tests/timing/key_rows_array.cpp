// SPDX-License-Identifier: Apache-2.0
#include <string>

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

/// A row and a column of `format` whose sum from k = 0 on loses the eight ones behind its large
/// first product where that is half of what the accumulator resolves no more, and the large one
/// subtracted: 0 summed in order, 8 where the array's 8 rows sum each tile from zero.
Figure ones_beside_a_large_product(Format format) {
  // 2^12 2^12 = 2^24 in fp32, 2^27 2^26 = 2^53 in fp64: + 1 is a tie, which goes to the even one.
  const bool wide = format == Format::kFp64;
  const double x = wide ? 134217728 : 4096, y = wide ? 67108864 : 4096;
  std::vector<double> row(24, 0), column(24, 0);
  row[0] = x, column[0] = y;
  row[16] = -x, column[16] = y;
  for (std::size_t k = 8; k < 16; ++k) row[k] = column[k] = 1;
  return dot(format, row, column);
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
  // A float's sums are kept in the one accumulator there is for it, and do not wrap.
  rows.push_back({key + "accumulator", "int32", Demand::kRefused, {}, {}});
  rows.push_back({key + "overflow", "saturate", Demand::kRefused, {}, {}});
  rows.push_back(
      {key + "order", "tile", Demand::kMore, ones_beside_a_large_product(format.id), {}});
  if (format.bits == 16)
    rows.push_back({key + "multiply_add", "fused", Demand::kRefused, {}, {}});
  else
    rows.push_back({key + "multiply_add", "fused", Demand::kMore, lost_by_a_square(format.id), {}});
}

void add_integer_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  for (const char* wide : {"int48", "int64"}) {
    rows.push_back({key + "accumulator", wide, Demand::kMore, largest_squares(format.id), {}});
    // Wider sums take the path to the vector unit longer.
    rows.push_back({key + "accumulator",
                    wide,
                    Demand::kMore,
                    total(product(32, 32, 8, format.id)),
                    {"topology.accumulator_to_vector.bytes_per_cycle=8 B/cycle"}});
  }
  rows.push_back({key + "overflow", "saturate", Demand::kMore, largest_squares(format.id), {}});
  rows.push_back({key + "multiply_add", "fused", Demand::kRefused, {}, {}});
}

}  // namespace

KeyRows format_key_rows() {
  KeyRows rows;
  for (const FormatInfo& format : kFormats) {
    const std::string key = "formats." + std::string(format.name) + ".";
    if (format.is_float())
      add_float_rows(key, format, rows);
    else
      add_integer_rows(key, format, rows);
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
