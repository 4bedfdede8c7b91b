// SPDX-License-Identifier: Apache-2.0
//
// The keys of sums in steps (order: aligned), and of the codes that go in and come out.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "models/semantics/execute.h"
#include "sim/engine/product.h"
#include "sim/units/npu.h"
#include "tests/timing/key_rows.h"
#include "workloads/gemm.h"

namespace tricycle::testing {

namespace {

constexpr std::size_t kStep = 8;  // products

/// The sum of products, given step by step; every step is filled up with zeros.
Figure steps(Format format, const std::vector<std::vector<std::array<double, 2>>>& all) {
  std::vector<double> row, column;
  for (const auto& step : all) {
    for (const auto& [a, b] : step) row.push_back(a), column.push_back(b);
    row.resize((row.size() + kStep - 1) / kStep * kStep);
    column.resize(row.size());
  }
  return dot(format, row, column);
}

/// Where a sum leaves the accumulators' range, an infinity stays; a number comes back.
Figure back_from_the_top(Format format, double factor) {
  const Figure result = steps(format, {{{factor, factor}}, {{-factor, factor}}});
  return [result](const HwConfig& hw) { return std::clamp(result(hw), -1000.0, 1000.0); };
}

/// The code of infinity - infinity.
Figure nan_code(Format format) {
  return [format](const HwConfig& hw) {
    const Program p = lower_gemm(hw, format, 1, 1, 2);
    std::vector<std::uint8_t> bits;
    const ItemIo io{
        [&](std::int64_t, MachineState& state) {
          write_input(p, p.inputs[0], std::vector<double>{HUGE_VAL, -HUGE_VAL}, state);
          write_input(p, p.inputs[1], std::vector<double>{1, 1}, state);
        },
        [&](std::int64_t, const MachineState& state) { bits = read_bits(hw, p, p.output, state); }};
    simulate(p, hw, 1, &io);
    double code = 0;
    for (std::size_t i = bits.size(); i-- > 0;) code = code * 256 + bits[i];
    return code;
  };
}

/// The same of the sum itself, for formats with one NaN.
Figure nan_code_of_sums(Format format) {
  return [format](const HwConfig& hw) {
    const ProductOperand nan{"nan", {"U8", {1, 1}, {0x7F}}}, one{"one", {"U8", {1, 1}, {0x38}}};
    const ProductResult r = multiply({hw, format, format}, nan, one, std::nullopt);
    return static_cast<double>(
        little_endian(r.d.bytes.data(), static_cast<std::int64_t>(r.d.bytes.size())));
  };
}

/// 1 + 2^-10 - 2^-23 as an operand of tf32, times 1.
Figure a_word_of_32_bits(Format format) {
  return [format](const HwConfig& hw) {
    const ProductOperand x{"x", {"F32", {1, 1}, {0xFF, 0x1F, 0x80, 0x3F}}},
        one{"one", {"F32", {1, 1}, {0, 0, 0x80, 0x3F}}};
    const ProductResult r = multiply({hw, format, format}, x, one, std::nullopt);
    return to_doubles(r.d, "d").front();
  };
}

/// 1 + 2^-23 + 0 x 0.
Figure one_and_a_bit_beside_zeros(Format format) {
  return [format](const HwConfig& hw) {
    const Tensor zero{"F32", {1, 1}, {0, 0, 0, 0}}, sum{"F32", {1, 1}, {1, 0, 0x80, 0x3F}};
    const ProductResult r =
        multiply({hw, format, format}, {"a", zero}, {"b", zero}, ProductOperand{"c", sum});
    return to_doubles(r.d, "d").front();
  };
}

void add_step_rows(const std::string& key, Format id, KeyRows& rows) {
  const std::string step = key + "step.";
  const auto given = [&](std::vector<std::string> more) {
    // Another key of the section, so that it is there before and after.
    more.insert(more.end(), {key + "depth=8", key + "order=aligned", step + "run=1"});
    return more;
  };
  const std::string short_step = key + "fraction_bits=20";  // beside 2^16: down to 2^-4
  const auto add = [&](const char* name, const char* value, Demand demand, Figure figure,
                       const std::vector<std::string>& more) {
    rows.push_back({step + name, value, demand, std::move(figure), given(more)});
  };
  add("sum_bits", "13", Demand::kLess, steps(id, {{{256, 256}, {1, 1}}, {{-256, 256}}}), {});
  add("least_exponent", "20", Demand::kLess, steps(id, {{{1.0 / 16, 1.0 / 16}}}), {});
  add("alignment", "floor", Demand::kLess,
      steps(id, {{{256, 256}, {-1.0 / 16, 1.0 / 16}}, {{-256, 256}}}), {short_step});
  // A sum of 24 bits that is there before: a step of zeros takes what is below its 13 bits.
  add("zeros", "align", Demand::kLess, one_and_a_bit_beside_zeros(id),
      {key + "fraction_bits=13", step + "sum_bits=13"});
  if (is_within_fp16(id)) {
    const std::vector<std::string> half{key + "accumulator=fp16", key + "sum_rounding=toward_zero"};
    add("overflow", "infinity", Demand::kMore, back_from_the_top(id, 256), half);
    add("fp16_rounding", "nearest_even", Demand::kMore,
        steps(id, {{{64, 32}, {1.5, 1}}, {{-64, 32}}}), half);
  } else {
    add("overflow", "infinity", Demand::kMore, back_from_the_top(id, std::ldexp(1.0, 64)),
        {key + "sum_rounding=toward_zero"});
  }
  const double small = 1.0 / 16;
  add("start", "zero", Demand::kMore,
      steps(
          id,
          {{{256, 256}}, std::vector<std::array<double, 2>>(kStep, {small, small}), {{-256, 256}}}),
      {short_step});
  const Figure between = steps(id, {{{256, 256}, {small, small}, {-256, 256}}});
  add("groups", "2", Demand::kMore, between, {short_step});
  rows.push_back({step + "run",
                  "2",
                  Demand::kLess,
                  between,
                  {key + "depth=8", key + "order=aligned", short_step, step + "groups=2"}});
  rows.push_back({step + "zeros", "align", Demand::kRefused, {}, {}});
  rows.push_back({step + "run", "2", Demand::kRefused, {}, given({})});
}

void add_emulation_rows(const std::string& key, Format id, KeyRows& rows) {
  const std::vector<std::string> given{key + "order=aligned", key + "depth=8",
                                       key + "fraction_bits=2", "formats.fp16.order=aligned"};
  // 8 + 1 - 8 with two fraction bits, or with those of fp16.
  const Figure one_beside_eight = steps(id, {{{8, 1}, {1, 1}, {-8, 1}}});
  for (const char* way : {"fp16", "fp16_chain"}) {
    rows.push_back({key + "computed_as", way, Demand::kMore, one_beside_eight, given});
    rows.push_back({key + "computed_as", way, Demand::kRefused, {}, {key + "order=aligned"}});
  }
}

/// Integers that saturate once a step, and not product by product: up to just below the end, then
/// one product more and the same one less in a step, then all of it back.
void add_integer_step_rows(const std::string& key, const FormatInfo& format, KeyRows& rows) {
  rows.push_back({key + "fan_in", "4", Demand::kRefused, {}, {}});
  if (format.bits <= 4) return;
  const double largest = format.bits == 8 ? 127 : 32767;
  const auto many = static_cast<std::size_t>(2147483647 / (largest * largest)) / 2 * 2;
  const double value = largest / (largest + 1);
  std::vector<double> row(2 * many + 2, value), column(2 * many + 2, value);
  row[many + 1] = -value;
  std::fill(row.end() - static_cast<std::ptrdiff_t>(many), row.end(), -value);
  const Figure there_and_back = dot(format.id, row, column);
  rows.push_back({key + "fan_in",
                  "1",
                  Demand::kLess,
                  there_and_back,
                  {key + "overflow=saturate", key + "order=aligned", key + "depth=2"}});
  rows.push_back({key + "order",
                  "aligned",
                  Demand::kMore,
                  there_and_back,
                  {key + "overflow=saturate", key + "depth=2"}});
}

}  // namespace

KeyRows step_key_rows() {
  KeyRows rows;
  for (const FormatInfo& format : kFormats) {
    const std::string key = "formats." + std::string(format.name) + ".";
    if (!format.is_float()) {
      add_integer_step_rows(key, format, rows);
      continue;
    }
    rows.push_back({key + "nan",
                    "ones",
                    Demand::kMore,
                    format.has_infinity() ? nan_code(format.id) : nan_code_of_sums(format.id),
                    {}});
    if (format.id != Format::kFp64) add_step_rows(key, format.id, rows);
    if (format.bits == 8) add_emulation_rows(key, format.id, rows);
    if (format.id == Format::kTf32)
      rows.push_back(
          {key + "operand_bits", "cut", Demand::kLess, a_word_of_32_bits(format.id), {}});
  }
  return rows;
}

}  // namespace tricycle::testing
