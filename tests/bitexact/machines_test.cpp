// SPDX-License-Identifier: Apache-2.0
//
// Every algorithm x format x shipped machine x chunk size: the simulated bits are the interpreted
// ones, with the fast and with the normative sums, and those of the reference machine where that
// adds in the same order.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/algorithm.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Bits;
using testing::chunk_of;
using testing::interpreted;
using testing::simulated;

std::vector<HwConfig> shipped_machines() {
  std::vector<HwConfig> machines;
  for (const auto& entry : std::filesystem::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs"))
    if (entry.path().extension() == ".yaml")
      machines.push_back(load_hw_config(entry.path().string()));
  return machines;
}

/// The program on the machine; memories that are too small for it are made larger, which changes no
/// bit: every combination runs on every machine.
Program lowered(HwConfig& hw, const Algorithm& row, int chunk, Format format) {
  const AlgorithmParameters parameters = resolve_parameters(row, chunk, {});
  try {
    return lower(row, parameters, chunk, format, hw);
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("raise "), std::string::npos) << error.what();
  }
  hw.scratchpad.size_bytes = hw.accumulator_bytes = 64 << 20;
  return lower(row, parameters, chunk, format, hw);
}

/// Lowers for the machine and runs in all three ways, which must agree.
Bits bits_on(HwConfig hw, const Algorithm& row, int chunk, Format format,
             const std::vector<double>& a) {
  const Program p = lowered(hw, row, chunk, format);
  const Bits bits = simulated(p, hw, a);
  EXPECT_EQ(bits, interpreted(p, hw, a)) << hw.name << " " << row.name << " " << name(format);
  EXPECT_EQ(bits, interpreted(p, hw, a, SumForm::kNormative))
      << hw.name << " " << row.name << " " << name(format);
  return bits;
}

/// Everything about the arithmetic but the length of a pass, which only the tile order uses.
MacSpec sequential_arithmetic(const HwConfig& hw, Format format) {
  MacSpec spec = hw.mac_spec(format);
  if (spec.order == SumOrder::kSequential) spec.tile_k = 1;
  return spec;
}

/// Every row on every machine would take minutes: those that are compared by default run
/// everywhere, of the others every sixteenth combination of row, machine, format and chunk.
bool is_turn(const Algorithm& row, std::size_t combination) {
  const auto index = static_cast<std::size_t>(&row - algorithms().data());
  return row.compared_by_default || (index + combination) % 16 == 0;
}

class ShippedMachine : public ::testing::TestWithParam<int> {};

TEST_P(ShippedMachine, gives_the_same_bits_simulated_interpreted_and_on_the_reference_machine) {
  const int chunk = GetParam();
  const std::vector<double> a = chunk_of("correlated", chunk);
  const HwConfig reference = reference_machine();
  const std::vector<HwConfig> machines = shipped_machines();
  int combinations = 0;
  for (const Algorithm& row : algorithms())
    for (const FormatInfo& format : kFormats) {
      if (!row.takes(format.id)) continue;
      std::optional<Bits> expected;
      auto combination = static_cast<std::size_t>(chunk) + 3 * static_cast<std::size_t>(format.id);
      for (const HwConfig& hw : machines) {
        ++combination;
        if (!hw.support(format.id).present || !row.runs_on(hw) || !is_turn(row, combination))
          continue;
        const Bits bits = bits_on(hw, row, chunk, format.id, a);
        if (sequential_arithmetic(hw, format.id) != sequential_arithmetic(reference, format.id))
          continue;
        if (!expected) {
          const Program p =
              lower(row, resolve_parameters(row, chunk, {}), chunk, format.id, reference);
          expected = interpreted(p, reference, a, SumForm::kNormative);
        }
        EXPECT_EQ(bits, *expected) << hw.name << " " << row.name << " " << format.name;
        ++combinations;
      }
    }
  EXPECT_GE(combinations, 13 * 4 * 5);
}

TEST_P(ShippedMachine, gives_the_same_bits_in_all_ways_when_it_adds_fused_or_in_tiles) {
  const int chunk = GetParam();
  const std::vector<double> a = chunk_of("correlated", chunk);
  int different = 0;
  auto combination = static_cast<std::size_t>(chunk);
  for (const HwConfig& shipped : shipped_machines()) {
    HwConfig hw = shipped;
    for (FormatSupport& support : hw.formats) {
      support.order = SumOrder::kTile;
      support.multiply_add = MultiplyAdd::kFused;
    }
    for (const Algorithm& row : algorithms())
      for (Format format : {Format::kFp64, Format::kFp32, Format::kFp16, Format::kInt16}) {
        ++combination;
        if (!hw.support(format).present || !row.takes(format) || !row.runs_on(hw) ||
            !is_turn(row, combination))
          continue;
        HwConfig roomy = shipped;
        const Program p = lowered(roomy, row, chunk, format);
        different += bits_on(hw, row, chunk, format, a) != interpreted(p, roomy, a);
      }
  }
  // Other roundings give other bits, at least in fp64 and fp32: the settings reach the sums.
  EXPECT_GE(different, 13 * 2);
}
// Published sizes, and sizes that are no power of two.
INSTANTIATE_TEST_SUITE_P(Chunks, ShippedMachine, ::testing::Values(16, 24, 32, 48, 64, 100, 128));

/// Lowers every algorithm for every chunk size; validate() inside refuses a program that reads what
/// it did not write.
TEST(ChunkSizes, every_size_from_8_to_128_and_every_cut_is_lowered_and_stores_the_same_bits) {
  const HwConfig hw = reference_machine();
  for (int chunk = 8; chunk <= 128; ++chunk) {
    const std::vector<double> a = chunk_of("iid", chunk);
    for (const Algorithm& row : algorithms()) {
      if (!is_turn(row, static_cast<std::size_t>(chunk))) continue;
      const AlgorithmParameters parameters = resolve_parameters(row, chunk, {});
      std::vector<std::uint8_t> first;
      for (int edge : tile_edges(hw, Format::kFp16, chunk))
        for (int group = 2; group == 2 || (row.merges_pairs && group <= edge); group *= 2) {
          const Program p = lower(row, parameters, chunk, Format::kFp16, hw,
                                  {.tile = edge, .merge_group = group});
          const std::vector<std::uint8_t> bits = interpreted(p, hw, a, SumForm::kFast);
          if (first.empty()) first = bits;
          ASSERT_EQ(bits, first) << row.name << " " << chunk << " " << edge << " " << group;
        }
    }
  }
}

}  // namespace
}  // namespace tricycle
