// SPDX-License-Identifier: Apache-2.0
//
// auto(tol) on matrices of every size of norm, so that chunks take all kinds of ways.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/isa/way.h"
#include "tests/bitexact/plain_auto.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
#include "workloads/oracle.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::PlainArithmetic;

std::vector<double> scaled(const std::vector<double>& a, int halvings) {
  std::vector<double> out = a;
  for (double& value : out) value = std::ldexp(value, -halvings);
  return out;
}

TEST(AutoBits, are_those_of_plain_loops_whichever_way_a_chunk_takes) {
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("auto");
  for (const int size : {16, 31}) {
    const std::vector<double> drawn = testing::chunk_of("correlated", size);
    for (const Format format : {Format::kFp16, Format::kBf16, Format::kFp32, Format::kFp64})
      for (const AutoGuard guard : {AutoGuard::kBound, AutoGuard::kFrobenius}) {
        AlgorithmOptions options;
        options.set(kGuard, guard);
        const AlgorithmParameters parameters = resolve_parameters(row, size, options);
        const PlainArithmetic ar(format);
        std::set<int> products;
        for (int halvings = -2; halvings < 12; ++halvings) {
          const std::vector<double> a = scaled(drawn, halvings);
          const testing::PlainAuto plain =
              testing::auto_with_products(ar, ar.load(size, a), parameters);
          products.insert(plain.products);
          for (const int edge : tile_edges(hw, format, size)) {
            const Program p = lower(row, parameters, size, format, hw, {.tile = edge});
            EXPECT_EQ(testing::interpreted(p, hw, a), ar.bits(plain.y))
                << name(format) << " " << size << " 2^-" << halvings << " cut into " << edge;
            MachineState state = make_state(p);
            write_input(p, p.inputs[0], a, state);
            EXPECT_EQ(products_on(p, interpret(p, hw, state)), plain.products);
          }
        }
        EXPECT_GE(products.size(), 4U) << name(format);  // 0, and several ways with products
      }
  }
}

/// What the guard promises: the relative error of T is at most the tolerance, where rounding leaves
/// it alone.
TEST(AutoBits, leave_no_more_than_the_tolerance) {
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("auto");
  const int size = 32;
  const std::vector<double> drawn = testing::chunk_of("correlated", size);
  for (const int tolerance : {3, 7, 10, 20})
    for (int halvings = -1; halvings < 24; ++halvings) {
      const std::vector<double> a = scaled(drawn, halvings);
      const Program p =
          lower(row, resolve_parameters(row, size, AlgorithmOptions{}.set(kTolerance, tolerance)),
                size, Format::kFp64, hw);
      MachineState state = make_state(p);
      write_input(p, p.inputs[0], a, state);
      interpret(p, hw, state);
      const Accuracy accuracy = Oracle({"", size, a}).compare(read_real(p, p.output, state));
      EXPECT_LE(accuracy.rel_error, std::ldexp(1.0, -tolerance)) << halvings;
    }
}

}  // namespace
}  // namespace tricycle
