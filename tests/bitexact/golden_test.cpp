// SPDX-License-Identifier: Apache-2.0
//
// Interpreter and simulator against inverses that an independent implementation computed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "models/semantics/execute.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/algorithm.h"
#include "workloads/inputs.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

/// "neumann_masked_blockwise_b64_n3_s8" -> row of the table; the settings in the names are the
/// defaults.
const Algorithm* algorithm_of(const std::string& label) {
  const Algorithm* best = nullptr;
  for (const Algorithm& row : algorithms())
    if (label.starts_with(row.name) && (best == nullptr || row.name.size() > best->name.size()))
      best = &row;
  return best;
}

struct Case {
  std::string name;
  const Algorithm* algorithm;
  Format format;
  int chunk;
  std::vector<double> a;
  std::vector<std::uint8_t> expected;
};

std::vector<Case> golden_cases() {
  auto tensors = read_safetensors(TRICYCLE_SOURCE_DIR "/tests/golden/inversion_subset.safetensors");
  tensors.merge(
      read_safetensors(TRICYCLE_SOURCE_DIR "/tests/golden/residual_methods_subset.safetensors"));
  std::vector<Case> cases;
  for (const auto& [name, tensor] : tensors) {
    const std::size_t first = name.find('|'), last = name.rfind('|');
    if (first == last) continue;  // the input itself
    const Tensor& a = tensors.at(name.substr(0, first) + "|A");
    cases.push_back({name, algorithm_of(name.substr(first + 1, last - first - 1)),
                     *find_format(name.substr(last + 1)), static_cast<int>(a.shape[0]),
                     to_doubles(a, name), tensor.bytes});
  }
  return cases;
}

Program program_of(const Case& c, const HwConfig& hw) {
  return lower(*c.algorithm, resolve_parameters(*c.algorithm, c.chunk, {}), c.chunk, c.format, hw);
}

TEST(Golden, the_subset_covers_every_algorithm_format_and_chunk_size) {
  std::map<std::string, int> seen;
  for (const Case& c : golden_cases())
    ++seen[fmt::format("{} {} {}", c.algorithm->name, name(c.format), c.chunk)];
  // 3 algorithms at C = 16, 32, 64; forward substitution, block doubling and the blockwise method
  // at 128; masked Newton everywhere, Horner's rule by blocks of 16 where there are several; five
  // formats.
  EXPECT_EQ(seen.size(), (4U * 3U + 4U + 3U) * 5U);
}

TEST(Golden, the_interpreter_gives_the_independent_bits) {
  const HwConfig hw = reference_machine();
  for (const Case& c : golden_cases()) {
    const Program p = program_of(c, hw);
    MachineState state = make_state(p);
    write_input(p, p.inputs[0], c.a, state);
    interpret(p, hw, state);
    EXPECT_EQ(read_bits(p, p.output, state), c.expected) << c.name;
  }
}

/// Arrays smaller and larger than the chunk, square and not, all dataflows: the sums are
/// sequential, so the bits are the same.
struct Array {
  std::int64_t rows, cols;
  Dataflow dataflow;
};
std::string array_name(const ::testing::TestParamInfo<Array>& info) {
  static constexpr const char* kNames[] = {"ws", "is", "os"};
  return fmt::format("{}_{}x{}", kNames[static_cast<int>(info.param.dataflow)], info.param.rows,
                     info.param.cols);
}

void PrintTo(const Array& a, std::ostream* out) { *out << a.rows << "x" << a.cols; }

class GoldenSimulation : public ::testing::TestWithParam<Array> {};

TEST_P(GoldenSimulation, gives_the_independent_bits_with_chunks_in_flight) {
  HwConfig hw = testing::machine_with_array(GetParam().rows, GetParam().cols, GetParam().dataflow,
                                            Overlap::kPreload);
  hw.sequencer = {.in_flight = 2, .token_latency_cycles = 5, .issue_cycles = 1};
  hw.vector_unit.units = 2;
  hw.dma.queues = 2;
  for (const Case& c : golden_cases()) {
    const Program p = program_of(c, hw);
    int stored = 0;
    const ItemIo io{[&](std::int64_t, MachineState& s) { write_input(p, p.inputs[0], c.a, s); },
                    [&](std::int64_t, const MachineState& s) {
                      EXPECT_EQ(read_bits(p, p.output, s), c.expected) << c.name;
                      ++stored;
                    }};
    simulate(p, hw, 3, &io);
    EXPECT_EQ(stored, 3);
  }
}
INSTANTIATE_TEST_SUITE_P(Arrays, GoldenSimulation,
                         ::testing::Values(Array{8, 8, Dataflow::kWeightStationary},
                                           Array{16, 16, Dataflow::kOutputStationary},
                                           Array{16, 16, Dataflow::kInputStationary},
                                           Array{16, 64, Dataflow::kWeightStationary},
                                           Array{32, 32, Dataflow::kWeightStationary},
                                           Array{128, 128, Dataflow::kWeightStationary},
                                           Array{128, 32, Dataflow::kInputStationary},
                                           Array{256, 256, Dataflow::kOutputStationary}),
                         array_name);

}  // namespace
}  // namespace tricycle
