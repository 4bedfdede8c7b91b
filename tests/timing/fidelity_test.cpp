// SPDX-License-Identifier: Apache-2.0
//
// Whole runs with the array register by register and by formula: every figure and every bit equal.
#include <gtest/gtest.h>

#include <random>

#include "models/semantics/execute.h"
#include "sim/units/npu.h"
#include "tests/random_machine.h"
#include "workloads/algorithm.h"
#include "workloads/ensembles.h"

namespace tricycle {
namespace {

using testing::random_machine;

struct Outcome {
  SimulationResult result;
  std::vector<std::vector<std::uint8_t>> bits;
};

Outcome outcome(const Program& p, const HwConfig& hw, const std::vector<ChunkMatrix>& chunks,
                Fidelity fidelity) {
  Outcome o;
  o.bits.resize(chunks.size());
  const ItemIo io{[&](std::int64_t item, MachineState& s) {
                    write_input(p, p.inputs[0], chunks[static_cast<std::size_t>(item)].a, s);
                  },
                  [&](std::int64_t item, const MachineState& s) {
                    o.bits[static_cast<std::size_t>(item)] = read_bits(p, p.output, s);
                  }};
  o.result = simulate(p, hw, static_cast<std::int64_t>(chunks.size()), &io, fidelity);
  return o;
}

void expect_equal(const Outcome& pe, const Outcome& tile, const std::string& what) {
  EXPECT_EQ(pe.bits, tile.bits) << what;
  EXPECT_EQ(pe.result.total_cycles, tile.result.total_cycles) << what;
  EXPECT_EQ(pe.result.completion_cycles, tile.result.completion_cycles) << what;
  for (std::size_t u = 0; u < kUnitCount; ++u) {
    EXPECT_EQ(pe.result.units[u].busy, tile.result.units[u].busy) << what << kUnits[u].name;
    EXPECT_EQ(pe.result.units[u].idle, tile.result.units[u].idle) << what << kUnits[u].name;
    EXPECT_EQ(pe.result.units[u].stalled, tile.result.units[u].stalled) << what << kUnits[u].name;
  }
}

class Fidelities : public ::testing::TestWithParam<std::string> {};

TEST_P(Fidelities, register_by_register_and_by_formula_agree_in_every_bit_and_cycle) {
  const Algorithm& algorithm = find_algorithm(GetParam());
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    const HwConfig hw = random_machine(random);
    const Format format = kFormats[random() % kFormatCount].id;
    Problem problem;
    problem.chunk = std::vector<int>{8, 16, 20, 32}[random() % 4];
    problem.ensemble = "correlated";
    problem.matrices = 5;
    problem.seed = i;
    const int chunk = static_cast<int>(problem.chunk);
    const Program p = lower(algorithm, resolve_parameters(algorithm, chunk, {}), chunk, format, hw);
    const std::vector<ChunkMatrix> chunks = synthetic_chunks(problem);
    const std::string what = "machine " + std::to_string(i) + " " + std::string(name(format)) +
                             " chunk " + std::to_string(chunk) + " ";
    expect_equal(outcome(p, hw, chunks, Fidelity::kPe), outcome(p, hw, chunks, Fidelity::kTile),
                 what);
    if (HasFailure()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Algorithms, Fidelities,
                         ::testing::Values("neumann_masked", "neumann_masked_blockwise",
                                           "block_doubling"),
                         [](const auto& info) { return info.param; });

/// Masked operands, several accumulators, sums that stay in one and are read out.
TEST(CubeKernel, by_formula_and_register_by_register_agrees_in_every_bit_and_cycle) {
  const Algorithm& algorithm = find_algorithm("mixed_recursive");
  std::mt19937 random(8);
  for (int i = 0; i < 6; ++i) {
    const HwConfig hw = random_machine(random);
    const Format format = i % 2 == 0 ? Format::kFp16 : Format::kFp32;
    const LinearTerms terms = i % 4 < 2 ? LinearTerms::kProducts : LinearTerms::kKept;
    Problem problem;
    problem.chunk = i % 3 == 0 ? 32 : 16;
    problem.ensemble = "correlated";
    problem.matrices = 3;
    problem.seed = i;
    const int chunk = static_cast<int>(problem.chunk);
    const Program p = lower(algorithm, resolve_parameters(algorithm, chunk, {}), chunk, format, hw,
                            {.linear_terms = terms});
    const std::vector<ChunkMatrix> chunks = synthetic_chunks(problem);
    expect_equal(outcome(p, hw, chunks, Fidelity::kPe), outcome(p, hw, chunks, Fidelity::kTile),
                 "machine " + std::to_string(i) + " ");
  }
}

}  // namespace
}  // namespace tricycle
