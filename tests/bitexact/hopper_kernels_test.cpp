// SPDX-License-Identifier: Apache-2.0
//
// Kernels as CUDA wrote them, beside what an H200 stored: every code of every tensor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/validate/groups.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
#include "workloads/kernels/hopper.h"

namespace tricycle {
namespace {

TEST(HopperKernels, store_every_code_that_the_chip_stored) {
  const std::vector<ValidationRow> rows = inversion_bits_rows(
      {TRICYCLE_SOURCE_DIR "/workloads/data/silicon/h200_inversions.safetensors"});
  double codes = 0;
  for (const ValidationRow& row : rows) {
    EXPECT_EQ(row.ours, row.published) << row.what;
    codes += row.published;
  }
  EXPECT_EQ(codes, 1'059'840);
}

TEST(HopperKernels, need_sums_that_start_from_the_linear_terms) {
  // The terms behind the product: the chip's bits are others.
  const std::string machine = TRICYCLE_SOURCE_DIR "/hwconfigs/h200_sm.yaml";
  HwConfig hw = load_hw_config(machine);
  std::vector<double> a(64 * 64);
  for (int i = 0; i < 64; ++i)
    for (int j = 0; j < i; ++j)
      a[static_cast<std::size_t>(64 * i + j)] = ((37 * i + 91 * j) % 97 - 48) / 256.0;
  const auto bits = [&] {
    return testing::interpreted(
        lower_hopper_kernel("block_doubling/recursive", {}, 64, Format::kFp16, hw), hw, a);
  };
  const auto terms_first = bits();
  hw.vector_to_accumulator.present = false;
  EXPECT_NE(bits(), terms_first);
}

TEST(StartedSums, are_those_of_the_interpreter_register_by_register_too) {
  HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/edge_16x16.yaml");
  hw.vector_to_accumulator.present = true;
  hw.vector_to_accumulator.bytes_per_cycle = 64;
  constexpr int kChunk = 64;
  const std::vector<double> a = testing::chunk_of("correlated", kChunk);
  FormatSupport& support = hw.formats[static_cast<std::size_t>(Format::kFp16)];
  for (const SumOrder order : {SumOrder::kSequential, SumOrder::kTile})
    for (const char* name : {"block_doubling", "neumann_masked", "masked_newton"}) {
      support.order = order;
      const Algorithm& algorithm = find_algorithm(name);
      // Tiles of 16: chains of products into the same sums.
      const Program p = lower(algorithm, resolve_parameters(algorithm, kChunk, {}), kChunk,
                              Format::kFp16, hw, {.tile = 16});
      const auto expected = testing::interpreted(p, hw, a);
      EXPECT_EQ(testing::simulated(p, hw, a), expected) << name;
      EXPECT_EQ(testing::simulated(p, hw, a, Fidelity::kPe), expected) << name;
    }
}

TEST(HopperKernels, refuse_what_they_cannot_do) {
  const HwConfig hw = load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/h200_sm.yaml");
  const auto fault = [&](const char* name, int chunk) -> std::string {
    try {
      lower_hopper_kernel(name, {}, chunk, Format::kFp16, hw);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(fault("block_doubling/tile", 64), ::testing::HasSubstr("no such kernel"));
  EXPECT_THAT(fault("block_doubling/tiles", 24), ::testing::HasSubstr("expected a chunk of 16"));
}

}  // namespace
}  // namespace tricycle
