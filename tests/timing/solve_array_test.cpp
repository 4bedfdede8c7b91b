// SPDX-License-Identifier: Apache-2.0
//
// The triangular array cell by cell against the formulas of models/timing/solve.h (cycles), the
// published 2 n - 1, and the rows of forward substitution (bits).
#include "sim/units/solve_array.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <vector>

#include "models/isa/program_text.h"
#include "models/semantics/execute.h"
#include "models/semantics/region_view.h"
#include "models/semantics/substitution.h"
#include "sim/units/npu.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

struct Case {
  SolveUnitConfig unit;
  std::int64_t n = 1, columns = 0;
  bool inverse = true;
  std::int64_t width() const { return columns + (inverse ? n : 0); }
};

Case random_case(std::mt19937& random) {
  const auto upto = [&](unsigned high) { return static_cast<std::int64_t>(1 + random() % high); };
  Case c;
  c.unit = {
      .present = true, .rows = 1 + upto(20), .pe_latency = upto(5), .boundary_latency = upto(5)};
  c.n = upto(static_cast<unsigned>(c.unit.rows));
  c.columns = upto(9) - 1;
  c.inverse = c.columns == 0 || random() % 2 == 0;
  return c;
}

/// A system of small numbers, and where its solution goes.
template <typename T>
struct Matrices {
  Matrices(const Case& c, std::mt19937& random) : of(c) {
    const auto fill = [&](std::vector<T>& out, std::int64_t size) {
      for (std::int64_t i = 0; i < size; ++i)
        out.push_back(static_cast<T>(std::is_integral_v<T>
                                         ? static_cast<double>(random() % 8000) - 4000
                                         : static_cast<double>(random() % 2001) / 1000 - 1));
    };
    fill(a, c.n * c.n);
    fill(linear, c.n * c.columns);
    out.resize(static_cast<std::size_t>(c.n * c.width()));
  }
  SolveProblem<T> problem() {
    return {{a.data(), of.n, of.n, of.n},
            {linear.data(), of.n, of.columns, of.columns},
            of.inverse,
            {out.data(), of.n, of.width(), of.width()}};
  }
  Case of;
  std::vector<T> a, linear, out;
};

SolveTiming walked(const Case& c, std::mt19937& random) {
  Matrices<float> m(c, random);
  SolveArray<float> array(c.unit, {});
  array.enter(m.problem(), 0);
  const std::int64_t latency = array.run();
  return {array.occupancy(), latency};
}

TEST(SolveArray, takes_the_cycles_of_the_formula) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const Case c = random_case(random);
    EXPECT_EQ(walked(c, random), solve_timing(c.unit, c.n, c.columns, c.inverse))
        << "n " << c.n << " columns " << c.columns << " inverse " << c.inverse << " p "
        << c.unit.pe_latency << " q " << c.unit.boundary_latency;
  }
}

TEST(SolveArray, inverts_in_the_published_two_n_minus_one_cycles) {
  std::mt19937 random(2);
  for (std::int64_t n = 1; n <= 40; ++n) {
    const Case inverse{{.present = true, .rows = n}, n, 0, true};
    const Case vector{{.present = true, .rows = n}, n, 1, false};
    EXPECT_EQ(walked(inverse, random).latency_cycles, 2 * n - 1);
    EXPECT_EQ(walked(vector, random).latency_cycles, 2 * n - 1);
  }
}

/// What the instruction computes, by the rows of forward substitution.
template <typename T>
std::vector<T> expected(const Case& c, const Matrices<T>& m, const HwConfig& hw, Format format) {
  const std::string f(name(format));
  std::string text = fmt::format("program {}\nbuffer A scratchpad {} x {} {}\n", f, c.n, c.n, f);
  if (c.columns > 0) text += fmt::format("buffer B scratchpad {} x {} {}\n", c.n, c.columns, f);
  text += fmt::format("buffer Y scratchpad {} x {} {}\ninput A\n{}output Y\n", c.n, c.width(), f,
                      c.columns > 0 ? "input B\n" : "");
  text += fmt::format("solve Y[0:{0}, 0:{1}] <- -(I + A[0:{0}, 0:{0}])^-1 . ({2}{3}{4})\n", c.n,
                      c.width(), c.columns > 0 ? fmt::format("B[0:{}, 0:{}]", c.n, c.columns) : "",
                      c.columns > 0 && c.inverse ? " | " : "", c.inverse ? "a" : "");
  const Program p = parse_program(text, "solve.txt", hw);
  MachineState state = make_state(p);
  std::get<Elements<T>>(state.buffers[0]).assign(m.a.begin(), m.a.end());
  if (c.columns > 0)
    std::get<Elements<T>>(state.buffers[1]).assign(m.linear.begin(), m.linear.end());
  interpret(p, hw, state, SumForm::kNormative);
  const auto& y = std::get<Elements<T>>(state.buffers.back());
  return {y.begin(), y.end()};
}

template <typename T>
SolveArithmetic<T> arithmetic_of(const HwConfig& hw, Format format) {
  const MacSpec spec = substitution_spec(hw, format);
  const StorageRule rule = hw.storage_rule(format);
  const FormatSupport support = hw.support(format);
  const int fraction = info(format).is_float() ? 0 : info(format).bits - 1;
  const auto begin = [=](T linear) {
    if constexpr (std::is_integral_v<T>)
      return clip_accumulator(std::int64_t{linear} << fraction, support.accumulator,
                              support.overflow);
    else
      return static_cast<void>(linear), SumOf<T>{0};
  };
  const auto end = [=](std::int64_t row, std::int64_t col, T linear, SumOf<T> sum) {
    if constexpr (std::is_integral_v<T>) {
      static_cast<void>(linear);
      const auto held = clip_accumulator(-sum, support.accumulator, support.overflow);
      return static_cast<T>(store(rule, row, col, held, fraction).value);
    } else {
      Elements<T> value{-add_partial(hw.mac_spec(format), linear, sum)};
      store(rule, Region{0, static_cast<int>(row), static_cast<int>(col), 1, 1}, value);
      return value[0];
    }
  };
  return {spec, begin, end};
}

template <typename T>
void expect_bits(Format format, unsigned seed) {
  std::mt19937 random(seed);
  HwConfig hw = reference_machine();
  if (seed % 2 == 1) hw.formats[static_cast<std::size_t>(format)].rounding = Rounding::kStochastic;
  for (int i = 0; i < 60; ++i) {
    const Case c = random_case(random);
    Matrices<T> first(c, random), second(c, random);
    if (info(format).is_float())
      for (auto* values : {&first.a, &first.linear, &second.a, &second.linear})
        for (T& v : *values) v = static_cast<T>(round_to_storage(format, static_cast<float>(v)));
    // Two systems as close behind each other as the formula allows.
    SolveArray<T> array(c.unit, arithmetic_of<T>(hw, format));
    const SolveTiming timing = solve_timing(c.unit, c.n, c.columns, c.inverse);
    array.enter(first.problem(), 0);
    array.enter(second.problem(), timing.occupancy_cycles);
    EXPECT_EQ(array.run(), timing.occupancy_cycles + timing.latency_cycles);
    EXPECT_EQ(first.out, expected(c, first, hw, format)) << name(format) << " " << i;
    EXPECT_EQ(second.out, expected(c, second, hw, format)) << name(format) << " " << i;
  }
}

TEST(SolveArray, stores_the_bits_of_forward_substitution) {
  for (const unsigned seed : {4U, 5U}) {
    expect_bits<float>(Format::kFp16, seed);
    expect_bits<float>(Format::kBf16, seed);
    expect_bits<float>(Format::kFp32, 4);
    expect_bits<std::int16_t>(Format::kInt16, seed);
  }
}

TEST(SolveArray, takes_no_system_earlier_than_the_formula_says) {
  std::mt19937 random(6);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    const Case c = random_case(random);
    const std::int64_t occupancy = solve_timing(c.unit, c.n, c.columns, c.inverse).occupancy_cycles;
    if (c.n < 3 || occupancy < 2) continue;
    Matrices<float> first(c, random), second(c, random);
    SolveArray<float> array(c.unit, {});
    const auto too_early = [&] {
      array.enter(first.problem(), 0);
      array.enter(second.problem(), occupancy - 1);
      array.run();
    };
    EXPECT_THROW(too_early(), std::logic_error) << c.n << " " << c.columns << " " << c.inverse;
    ++refused;
  }
  EXPECT_GT(refused, 200);
}

TEST(SolveArray, a_run_takes_the_same_cycles_by_formula_and_cell_by_cell) {
  const HwConfig hw = [] {
    HwConfig m = reference_machine();
    m.solve_unit.pe_latency = 3;
    m.solve_unit.boundary_latency = 2;
    return m;
  }();
  const Program p = parse_program(
      "program fp16\n"
      "buffer A.dram dram 24 x 24 fp16\nbuffer Y.dram dram 24 x 24 fp16\n"
      "buffer A scratchpad 24 x 24 fp16\nbuffer Y scratchpad 24 x 24 fp16\n"
      "buffer X scratchpad 24 x 24 fp16\ninput A.dram\noutput Y.dram\n"
      "load A[0:24, 0:24] <- A.dram[0:24, 0:24]\n"
      "solve Y[0:24, 0:24] <- -(I + A[0:24, 0:24])^-1 . (a)\n"
      "solve X[0:24, 0:24] <- -(I + A[0:24, 0:24])^-1 . (Y[0:24, 0:24])\n"
      "store Y.dram[0:24, 0:24] <- X[0:24, 0:24]\n",
      "p.txt", hw);
  const SimulationResult tile = simulate(p, hw, 3, nullptr);
  EXPECT_EQ(simulate(p, hw, 3, nullptr, Fidelity::kPe).total_cycles, tile.total_cycles);
  // The second reads the first's result, which has to leave the array before: 23 x 5 + 2 cycles,
  // then 23 x 5 + 2 + 23, each once more a chunk where they follow one another.
  const HwConfig alone = hw;
  const std::int64_t solves = 2 * (23 * 5 + 2) + 23;
  const SimulationResult one = simulate(p, alone, 1, nullptr);
  EXPECT_GT(one.total_cycles, solves);
  EXPECT_EQ(one.units[Unit::kSolve].busy, 23 + (24 + 24 - 2));
}

}  // namespace
}  // namespace tricycle
