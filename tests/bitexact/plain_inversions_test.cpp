// SPDX-License-Identifier: Apache-2.0
//
// Every algorithm whose bits no golden file has, against plain loops over whole matrices written
// from its formulas: the interpreted program must store the same bits.
#include "tests/bitexact/plain_inversions.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::chunk_of;
using testing::kPlainLoops;
using testing::settings_of;
using Arithmetic = testing::PlainArithmetic;
using Parameters = AlgorithmParameters;

class PlainInversions : public ::testing::TestWithParam<int> {};

TEST_P(PlainInversions, store_the_bits_of_the_interpreted_program_in_every_format_and_cut) {
  const HwConfig hw = reference_machine();
  const int size = GetParam();
  // all_ones: powers overflow fp16 from 32 on, so NaN and Inf must be the same ones.
  for (std::string_view ensemble : {"correlated", "all_ones"}) {
    const std::vector<double> values = chunk_of(ensemble, size);
    for (const auto& [name, plain] : kPlainLoops)
      for (const AlgorithmOptions& options : settings_of(name))
        for (const FormatInfo& format : kFormats) {
          const Algorithm& row = find_algorithm(name);
          if (!row.takes(format.id)) continue;
          const Parameters parameters = resolve_parameters(row, size, options);
          const Arithmetic ar(format.id);
          const std::vector<std::uint8_t> expected =
              ar.bits(plain(ar, ar.load(size, values), parameters));
          for (int edge : tile_edges(hw, format.id, size)) {
            const Program p = lower(row, parameters, size, format.id, hw, {.tile = edge});
            ASSERT_EQ(testing::interpreted(p, hw, values), expected)
                << name << " " << to_text(row, parameters) << " " << format.name << " " << ensemble
                << " cut into " << edge;
          }
        }
  }
}
INSTANTIATE_TEST_SUITE_P(Chunks, PlainInversions, ::testing::Values(8, 13, 16, 31, 64));

}  // namespace
}  // namespace tricycle
