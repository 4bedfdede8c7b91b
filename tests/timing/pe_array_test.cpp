// SPDX-License-Identifier: Apache-2.0
//
// The PE-level array against the formulas of models/timing (cycles) and the normative sums (bits),
// over random shapes, arrays, dataflows and formats; a failure is shrunk to the smallest case.
#include "sim/units/pe_array.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <random>
#include <sstream>

#include "models/timing/timing.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

/// One random array and the products that enter it back to back.
struct Case {
  Format format = Format::kInt8;
  Dataflow dataflow = Dataflow::kWeightStationary;
  Overlap overlap = Overlap::kPreload;
  SumOrder order = SumOrder::kSequential;
  AccumulatorOverflow overflow = AccumulatorOverflow::kWrap;
  MultiplyAdd multiply_add = MultiplyAdd::kSeparate;
  DrainShift shift = DrainShift::kNone;
  DrainStart start = DrainStart::kWavefront;
  int rows = 1, cols = 1, depth = 1, passes = 1, pe_latency = 1, registers = 0;
  int m = 1, n = 1, k = 1, products = 1;
  unsigned seed = 1;

  /// The numbers that shrinking makes smaller, with their least values.
  std::vector<std::pair<int*, int>> sizes() {
    return {{&m, 1},     {&n, 1},      {&k, 1},          {&rows, 1},      {&cols, 1},
            {&depth, 1}, {&passes, 1}, {&pe_latency, 1}, {&registers, 0}, {&products, 1}};
  }
  HwConfig machine() const {
    HwConfig hw = reference_machine();
    SystolicArrayConfig& a = hw.systolic_array;
    a.rows = rows;
    a.cols = cols;
    a.depth = depth;
    a.dataflow = dataflow;
    a.overlap = overlap;
    a.pe_latency = pe_latency;
    a.drain_shift = shift;
    a.drain_start = start;
    a.drain_registers = registers;
    FormatSupport& f = hw.formats[static_cast<std::size_t>(format)];
    f.order = order;
    f.overflow = overflow;
    f.multiply_add = multiply_add;
    f.passes = passes;
    return hw;
  }
  std::string text() const {
    std::ostringstream out;
    out << name(format) << " dataflow " << static_cast<int>(dataflow) << " overlap "
        << static_cast<int>(overlap) << " order " << static_cast<int>(order) << " overflow "
        << static_cast<int>(overflow) << " fused " << static_cast<int>(multiply_add) << " shift "
        << static_cast<int>(shift) << " start " << static_cast<int>(start) << " array " << rows
        << "x" << cols << " depth " << depth << " passes " << passes << " pe_latency " << pe_latency
        << " registers " << registers << "; " << products << " products " << m << "x" << n << "x"
        << k << " seed " << seed;
    return out.str();
  }
};

Case random_case(std::mt19937& random) {
  const auto upto = [&](int high) {
    return 1 + static_cast<int>(random() % static_cast<unsigned>(high));
  };
  Case c;
  c.format = kFormats[random() % kFormatCount].id;
  c.dataflow = static_cast<Dataflow>(random() % 3);
  c.overlap = static_cast<Overlap>(random() % 2);
  c.order = static_cast<SumOrder>(random() % 2);
  c.overflow = static_cast<AccumulatorOverflow>(random() % 2);
  c.multiply_add = static_cast<MultiplyAdd>(random() % 2);
  c.shift = static_cast<DrainShift>(random() % 3);
  c.start = static_cast<DrainStart>(random() % 2);
  c.rows = upto(6);
  c.cols = upto(6);
  c.depth = random() % 2 == 0 ? 1 : upto(4);
  c.passes = random() % 2 == 0 ? 1 : upto(4);
  c.pe_latency = random() % 2 == 0 ? 1 : upto(4);
  c.registers = static_cast<int>(random() % 4);
  c.m = upto(13);
  c.n = upto(13);
  c.k = upto(20);
  c.products = upto(3);
  c.seed = static_cast<unsigned>(random());
  return c;
}

template <typename T>
std::vector<T> random_operand(std::mt19937& random, Format format, int count) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& v : values) {
    const int integer = static_cast<int>(random() % 256) - 128;
    if constexpr (std::is_same_v<T, std::int16_t>)
      v = static_cast<T>(format == Format::kInt16 ? integer * 257 : integer);
    else
      v = static_cast<T>(integer) * static_cast<T>(std::exp2(static_cast<int>(random() % 9) - 4)) /
          256;
  }
  return values;
}

/// What is wrong with a case, if anything.
template <typename T>
std::optional<std::string> fault_as(const Case& c) {
  using Sum = SumOf<T>;
  const HwConfig hw = c.machine();
  std::mt19937 random(c.seed);
  const auto a = random_operand<T>(random, c.format, c.m * c.k);
  const auto b = random_operand<T>(random, c.format, c.k * c.n);
  std::vector<Sum> acc(static_cast<std::size_t>(c.m * c.n), Sum{7}), expected = acc;
  const MatrixRef<const T> left{a.data(), c.m, c.k, c.k}, right{b.data(), c.k, c.n, c.n};

  const auto array = make_pe_array<T>(hw, c.format);
  const ArrayTiming timing = array_timing(hw, c.format, c.m, c.n, c.k);
  std::int64_t clock = 0;
  for (int product = 0; product < c.products; ++product) {
    // Where sums stay and are shifted out, a product that goes on from the last one waits for it;
    // one to other outputs need not.
    const bool accumulate = product == 0 || c.dataflow != Dataflow::kOutputStationary;
    if (!accumulate) std::fill(expected.begin(), expected.end(), Sum{0});
    multiply_accumulate_normative(hw.mac_spec(c.format), left, right,
                                  MatrixRef<Sum>{expected.data(), c.m, c.n, c.n});
    for (; !array->can_accept(); ++clock) {
      if (clock > 100000) return "the array accepts no more products";
      array->clock();
    }
    if (clock != product * timing.occupancy_cycles)
      return "product " + std::to_string(product) + " entered at clock " + std::to_string(clock) +
             ", formula " + std::to_string(product * timing.occupancy_cycles);
    array->submit({left, right, {acc.data(), c.m, c.n, c.n}, accumulate});
  }
  for (; array->completed() < c.products; ++clock) {
    if (clock > 100000) return "the array does not finish";
    array->clock();
  }
  const std::int64_t formula = (c.products - 1) * timing.occupancy_cycles + timing.latency_cycles;
  if (clock != formula)
    return "finished after " + std::to_string(clock) + " clocks, formula " +
           std::to_string(formula);
  for (std::size_t i = 0; i < acc.size(); ++i)
    if (std::memcmp(&acc[i], &expected[i], sizeof(Sum)) != 0)
      return "output " + std::to_string(i) + " is " + std::to_string(acc[i]) + ", normative " +
             std::to_string(expected[i]);
  return std::nullopt;
}

std::optional<std::string> fault(const Case& c) {
  if (c.format == Format::kFp64) return fault_as<double>(c);
  if (info(c.format).is_float()) return fault_as<float>(c);
  return fault_as<std::int16_t>(c);
}

/// Makes every number as small as it can be with the case still failing.
Case shrunk(Case c) {
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t i = 0; i < c.sizes().size(); ++i) {
      const auto [value, least] = c.sizes()[i];
      for (const int candidate : {least, *value / 2, *value - 1}) {
        const int before = *value;
        if (candidate < least || candidate >= before) continue;
        *value = candidate;
        if (fault(c)) {
          smaller = true;
          break;
        }
        *value = before;
      }
    }
  }
  return c;
}

class PeArrayProperty : public ::testing::TestWithParam<unsigned> {};

TEST_P(PeArrayProperty, bits_are_the_normative_sums_and_cycles_the_formulas) {
  std::mt19937 random(GetParam());
  for (int i = 0; i < 2500; ++i) {
    const Case c = random_case(random);
    if (!fault(c)) continue;
    const Case small = shrunk(c);
    FAIL() << "case " << i << ": " << c.text() << "\nshrunk to " << small.text() << "\n"
           << *fault(small);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, PeArrayProperty, ::testing::Values(1U, 2U, 3U, 4U, 5U, 6U));

}  // namespace
}  // namespace tricycle
