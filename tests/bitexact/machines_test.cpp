// SPDX-License-Identifier: Apache-2.0
//
// Every algorithm x format x shipped machine x chunk size: the simulated bits are the interpreted
// ones, and, as all shipped machines add sequentially, those of the reference machine.
#include <gtest/gtest.h>

#include <filesystem>

#include "models/semantics/execute.h"
#include "sim/config/load_hw.h"
#include "sim/units/npu.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

std::vector<std::uint8_t> interpreted(const Program& p, const HwConfig& hw,
                                      const std::vector<double>& a) {
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  return read_bits(p, p.output, state);
}

std::vector<std::uint8_t> simulated(const Program& p, const HwConfig& hw,
                                    const std::vector<double>& a) {
  std::vector<std::uint8_t> bits;
  const ItemIo io{[&](std::int64_t, MachineState& s) { write_input(p, p.inputs[0], a, s); },
                  [&](std::int64_t, const MachineState& s) { bits = read_bits(p, p.output, s); }};
  simulate(p, hw, 2, &io);
  return bits;
}

class ShippedMachine : public ::testing::TestWithParam<int> {};

TEST_P(ShippedMachine, gives_the_same_bits_simulated_interpreted_and_on_the_reference_machine) {
  const int chunk = GetParam();
  Problem problem;
  problem.chunk = chunk;
  problem.ensemble = "correlated";
  problem.matrices = 1;
  const std::vector<double> a = synthetic_chunks(problem).front().a;
  const HwConfig reference = reference_machine();
  int combinations = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs")) {
    const HwConfig hw = load_hw_config(entry.path().string());
    for (const Algorithm& row : algorithms())
      for (const FormatInfo& format : kFormats) {
        if (!hw.support(format.id).present) continue;
        const AlgorithmParameters parameters = resolve_parameters(row, chunk, {});
        const Program p = lower(row, parameters, chunk, format.id, hw);
        const std::vector<std::uint8_t> bits = simulated(p, hw, a);
        EXPECT_EQ(bits, interpreted(p, hw, a)) << hw.name << " " << row.name << " " << format.name;
        const Program q = lower(row, parameters, chunk, format.id, reference);
        EXPECT_EQ(bits, interpreted(q, reference, a))
            << hw.name << " " << row.name << " " << format.name;
        ++combinations;
      }
  }
  EXPECT_GE(combinations, 5 * 4 * 5);
}
// Published sizes, and sizes that are no power of two.
INSTANTIATE_TEST_SUITE_P(Chunks, ShippedMachine, ::testing::Values(16, 24, 32, 48, 64, 100, 128));

}  // namespace
}  // namespace tricycle
