// SPDX-License-Identifier: Apache-2.0
//
// The PE-level array against the formulas of models/timing (cycles) and the normative sums (bits),
// over random shapes, arrays, dataflows and formats; a failure is shrunk to the smallest case.
#include "sim/units/pe_array.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <random>
#include <sstream>

#include "models/timing/timing.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

constexpr int kMaxProducts = 3;

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
  bool half = false;  // accumulators of fp16
  int rows = 1, cols = 1, depth = 1, passes = 1, pe_latency = 1, registers = 0, pass_head = 0;
  int products = 1;
  bool same_outputs = false;  // all products have the first one's shape and sum into one matrix
  std::array<int, kMaxProducts> m{1, 1, 1}, n{1, 1, 1}, k{1, 1, 1};
  std::array<int, kMaxProducts> gap{};  // idle clocks before it enters
  unsigned seed = 1;

  /// The numbers that shrinking makes smaller, with their least values.
  std::vector<std::pair<int*, int>> sizes() {
    std::vector<std::pair<int*, int>> all{{&products, 1},  {&rows, 1},     {&cols, 1},
                                          {&depth, 1},     {&passes, 1},   {&pe_latency, 1},
                                          {&registers, 0}, {&pass_head, 0}};
    for (std::size_t p = 0; p < kMaxProducts; ++p) {
      all.emplace_back(&m[p], 1);
      all.emplace_back(&n[p], 1);
      all.emplace_back(&k[p], 1);
      all.emplace_back(&gap[p], 0);
    }
    return all;
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
    a.pass_head_cycles = pass_head;
    FormatSupport& f = hw.formats[static_cast<std::size_t>(format)];
    f.order = order;
    f.overflow = overflow;
    f.multiply_add = multiply_add;
    f.passes = passes;
    if (half) f.accumulator = Accumulator::kFp16;
    return hw;
  }
  std::string text() const {
    std::ostringstream out;
    out << name(format) << " dataflow " << static_cast<int>(dataflow) << " overlap "
        << static_cast<int>(overlap) << " order " << static_cast<int>(order) << " half " << half
        << " overflow " << static_cast<int>(overflow) << " fused " << static_cast<int>(multiply_add)
        << " shift " << static_cast<int>(shift) << " start " << static_cast<int>(start) << " array "
        << rows << "x" << cols << " depth " << depth << " passes " << passes << " pe_latency "
        << pe_latency << " registers " << registers << " pass_head " << pass_head << " seed "
        << seed << "; products";
    for (std::size_t p = 0; p < static_cast<std::size_t>(products); ++p)
      out << " " << m[p] << "x" << n[p] << "x" << k[p] << " after " << gap[p];
    if (same_outputs) out << ", all the first one's shape into the same outputs";
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
  c.pass_head = random() % 2 == 0 ? 0 : upto(9);
  c.products = upto(kMaxProducts);
  c.same_outputs = random() % 2 == 0;
  for (std::size_t p = 0; p < kMaxProducts; ++p) {
    c.m[p] = upto(13);
    c.n[p] = upto(13);
    c.k[p] = upto(20);
    c.gap[p] = random() % 2 == 0 ? 0 : upto(9);
  }
  c.seed = static_cast<unsigned>(random());
  if (info(c.format).is_float() && c.seed % 2 == 0)
    c.order = static_cast<SumOrder>(c.seed / 2 % (c.format == Format::kFp64 ? 3 : 4));
  c.half = is_within_fp16(c.format) && c.seed / 8 % 2 == 0;
  return c;
}

template <typename T>
std::vector<T> random_operand(std::mt19937& random, Format format, int count) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& v : values) {
    const int integer = static_cast<int>(random() % 256) - 128;
    if constexpr (std::is_same_v<T, std::int16_t>)
      v = static_cast<T>(format == Format::kInt16  ? integer * 257
                         : format == Format::kInt4 ? integer / 16
                                                   : integer);
    else
      v = static_cast<T>(integer) * static_cast<T>(std::exp2(static_cast<int>(random() % 9) - 4)) /
          256;
  }
  return values;
}

/// A product of a case: operands, the outputs of the array, and what they should be.
template <typename T>
struct Product {
  std::int64_t m, n, k;
  std::vector<T> a, b;
  std::vector<SumOf<T>> acc, expected;
  MatrixRef<const T> left() const { return {a.data(), m, k, k}; }
  MatrixRef<const T> right() const { return {b.data(), k, n, n}; }
};

template <typename T>
std::vector<Product<T>> products_of(const Case& c, std::mt19937& random) {
  std::vector<Product<T>> out;
  for (int p = 0; p < c.products; ++p) {
    const std::size_t shape = c.same_outputs ? 0 : static_cast<std::size_t>(p);
    const int m = c.m[shape], n = c.n[shape], k = c.k[shape];
    Product<T> product{m,
                       n,
                       k,
                       random_operand<T>(random, c.format, m * k),
                       random_operand<T>(random, c.format, k * n),
                       {},
                       {}};
    product.acc.assign(static_cast<std::size_t>(m * n), SumOf<T>{7});
    out.push_back(product);
  }
  return out;
}

std::string at_clock(const std::string& what, std::int64_t clock, std::int64_t formula) {
  return what + " at clock " + std::to_string(clock) + ", formula " + std::to_string(formula);
}

/// What is wrong with the outputs, if anything.
template <typename T>
std::optional<std::string> wrong_output(const std::vector<Product<T>>& products) {
  for (const Product<T>& product : products)
    for (std::size_t i = 0; i < product.expected.size(); ++i)
      if (std::memcmp(&product.acc[i], &product.expected[i], sizeof(SumOf<T>)) != 0)
        return "output " + std::to_string(i) + " is " + std::to_string(product.acc[i]) +
               ", normative " + std::to_string(product.expected[i]);
  return std::nullopt;
}

/// What is wrong with a case, if anything.
template <typename T>
std::optional<std::string> fault_as(const Case& c) {
  const HwConfig hw = c.machine();
  std::mt19937 random(c.seed);
  std::vector<Product<T>> products = products_of<T>(c, random);
  const auto array = make_pe_array<T>(hw, c.format);
  std::int64_t clock = 0, entry = 0, finish = 0;
  const auto clock_until = [&](auto&& condition) {
    for (; !condition() && clock < 100000; ++clock) array->clock();
    return condition();
  };
  for (std::size_t p = 0; p < products.size(); ++p) {
    Product<T>& product = products[p];
    Product<T>& target = c.same_outputs ? products[0] : product;
    const bool accumulate = p > 0 || c.seed % 2 == 0;
    if (target.expected.empty())
      target.expected.assign(target.acc.size(), accumulate ? SumOf<T>{7} : SumOf<T>{0});
    multiply_accumulate_normative(
        hw.mac_spec(c.format), product.left(), product.right(),
        MatrixRef<SumOf<T>>{target.expected.data(), product.m, product.n, product.n});

    if (!clock_until([&] { return array->can_accept(); })) return "accepts no more products";
    if (clock != entry) return at_clock("accepts a product", clock, entry);
    // Where sums return late, a product that goes on from them waits for them (awaits_sums).
    const bool late = c.dataflow == Dataflow::kOutputStationary &&
                      (c.shift != DrainShift::kNone || c.registers > 0 || c.pe_latency > 1);
    if (p > 0 && c.same_outputs && late) {
      const auto done = static_cast<std::int64_t>(p);
      if (!clock_until([&] { return array->completed() == done; })) return "does not finish";
      if (clock != std::max(entry, finish)) return at_clock("finishes", clock, finish);
    }
    for (int idle = 0; idle < c.gap[p]; ++idle, ++clock) array->clock();
    array->submit({product.left(), product.right(),
                   MatrixRef<SumOf<T>>{target.acc.data(), product.m, product.n, product.n},
                   accumulate});
    const ArrayTiming t = array_timing(hw, c.format, product.m, product.n, product.k);
    entry = clock + t.occupancy_cycles;
    finish = clock + t.latency_cycles;
  }
  const auto all = static_cast<std::int64_t>(products.size());
  if (!clock_until([&] { return array->completed() == all; })) return "does not finish";
  if (clock != finish) return at_clock("finishes", clock, finish);
  return wrong_output(products);
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
