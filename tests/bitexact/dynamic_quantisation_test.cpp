// SPDX-License-Identifier: Apache-2.0
//
// formats.F.scaling: every algorithm x integer format x kind of scale x cut stores the bits of
// plain loops, and the simulator stores those of the interpreter.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <set>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "sim/engine/steady_state.h"
#include "tests/bitexact/dynamic_product.h"
#include "tests/bitexact/plain_inversions.h"
#include "tests/bitexact/program_bits.h"
#include "tests/random_machine.h"
#include "workloads/ensembles.h"
#include "workloads/inversion/block_parameter.h"
#include "workloads/inversion/product_form.h"
#include "workloads/oracle.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Bits;
using testing::chunk_of;
using testing::DynamicRule;
using testing::PlainArithmetic;
using testing::simulated;

constexpr Format kIntegers[] = {Format::kInt16, Format::kInt8, Format::kInt4};

/// One way to measure scales, as a machine and as a plain product have it.
struct Way {
  Scaling scaling;
  ScaleRounding rounding;
  int block;
  Accumulator accumulator;

  void set(HwConfig& hw) const {
    for (const Format f : kIntegers) {
      FormatSupport& support = hw.formats[static_cast<std::size_t>(f)];
      support.scaling = scaling;
      support.scale_rounding = rounding;
      support.scale_block = block;
      support.accumulator = accumulator;
    }
  }
  PlainArithmetic plain(Format format) const {
    DynamicRule rule;
    rule.bits = info(format).bits;
    rule.accumulator_bits = 8 * accumulator_bytes(accumulator);
    rule.scales = scaling == Scaling::kPerTensor      ? DynamicRule::Scales::kTensor
                  : scaling == Scaling::kPerRowColumn ? DynamicRule::Scales::kRowColumn
                                                      : DynamicRule::Scales::kBlock;
    rule.block = block;
    rule.power_of_two = rounding == ScaleRounding::kPowerOfTwo;
    return PlainArithmetic(
        Format::kFp32,
        [rule](const testing::Plain& a, const testing::Plain& b) {
          return testing::dynamic_product(rule, a, b);
        },
        scaling == Scaling::kPerTensor);
  }
  std::string text() const {
    return std::to_string(static_cast<int>(scaling)) + "/" +
           std::to_string(static_cast<int>(rounding)) + "/" + std::to_string(block);
  }
};
// Blocks that tiles are cut into, that cut tiles, and that do neither.
const Way kWays[] = {
    {Scaling::kPerRowColumn, ScaleRounding::kExact, 32, Accumulator::kInt32},
    {Scaling::kPerRowColumn, ScaleRounding::kPowerOfTwo, 32, Accumulator::kInt48},
    {Scaling::kPerBlock, ScaleRounding::kExact, 16, Accumulator::kInt32},
    {Scaling::kPerBlock, ScaleRounding::kPowerOfTwo, 5, Accumulator::kInt64},
    {Scaling::kPerTensor, ScaleRounding::kExact, 32, Accumulator::kInt48},
};

/// No scale that is measured lets a code saturate.
Bits interpreted(const Program& p, const HwConfig& hw, const std::vector<double>& a,
                 SumForm form = SumForm::kFast) {
  std::int64_t saturated = -1;
  Bits bits = testing::interpreted(p, hw, a, form, &saturated);
  EXPECT_EQ(saturated, 0);
  return bits;
}

/// Settings that measure scales cannot take, each with its reason: tests/e2e/bad_input.sh.
bool is_refused(const AlgorithmParameters& p) { return p.get(kLoop) == ProductLoop::kPypto; }

class DynamicQuantisation : public ::testing::TestWithParam<int> {};

TEST_P(DynamicQuantisation, stores_the_bits_of_plain_loops_in_every_format_way_and_cut) {
  const int size = GetParam();
  int compared = 0;
  for (std::string_view ensemble : {"correlated", "all_ones"}) {
    const std::vector<double> values = chunk_of(ensemble, size);
    for (const auto* loops : {&testing::kPlainLoops, &testing::kPlainLoopsOfGolden})
      for (const auto& [name, plain] : *loops)
        for (const AlgorithmOptions& options : testing::settings_of(name))
          for (const Way& way : kWays) {
            const Algorithm& row = find_algorithm(name);
            const AlgorithmParameters parameters = resolve_parameters(row, size, options);
            if (is_refused(parameters)) continue;
            const Format format = kIntegers[static_cast<std::size_t>(compared) % 3];
            HwConfig hw = reference_machine();
            way.set(hw);
            const PlainArithmetic ar = way.plain(format);
            const Bits expected = ar.bits(plain(ar, ar.load(size, values), parameters));
            for (int edge : tile_edges(hw, format, size))
              for (int group = 2; group == 2 || (row.merges_pairs && group <= edge); group *= 2) {
                const Program p =
                    lower(row, parameters, size, format, hw, {.tile = edge, .merge_group = group});
                ASSERT_EQ(interpreted(p, hw, values), expected)
                    << name << " " << to_text(row, parameters) << " " << tricycle::name(format)
                    << " " << way.text() << " " << ensemble << " cut into " << edge << ", "
                    << group;
              }
            ++compared;
          }
  }
  EXPECT_GE(compared, 2 * 14 * 4);
}
INSTANTIATE_TEST_SUITE_P(Chunks, DynamicQuantisation, ::testing::Values(8, 13, 16, 31, 48));

TEST(DynamicQuantisationOnMachines, simulated_interpreted_and_plain_sums_are_the_same_bits) {
  int combination = 0, run = 0;
  std::set<std::string> refused;
  for (const auto& entry : std::filesystem::directory_iterator(TRICYCLE_SOURCE_DIR "/hwconfigs")) {
    if (entry.path().extension() != ".yaml") continue;
    const HwConfig shipped = load_hw_config(entry.path().string());
    for (const int chunk : {16, 24, 64, 100}) {
      const std::vector<double> values = chunk_of("correlated", chunk);
      for (const Algorithm& row : algorithms()) {
        const Way& way = kWays[static_cast<std::size_t>(combination) % std::size(kWays)];
        const Format format = kIntegers[static_cast<std::size_t>(combination) % 2];
        if (++combination % 3 != 0 || !shipped.support(format).present || !row.runs_on(shipped))
          continue;
        HwConfig hw = shipped;
        way.set(hw);
        hw.scratchpad.size_bytes = hw.accumulator_bytes = 64 << 20;
        const AlgorithmParameters parameters = resolve_parameters(row, chunk, {});
        std::optional<Program> lowered;
        try {
          lowered = lower(row, parameters, chunk, format, hw);
        } catch (const InputError& error) {
          EXPECT_NE(std::string(error.what()).find("the vector unit has no"), std::string::npos);
          refused.insert(hw.name);
          continue;
        }
        const Program& p = *lowered;
        const Bits bits = simulated(p, hw, values);
        EXPECT_EQ(bits, interpreted(p, hw, values)) << hw.name << " " << row.name;
        EXPECT_EQ(bits, interpreted(p, hw, values, SumForm::kNormative)) << hw.name;
        ++run;
      }
    }
  }
  EXPECT_GE(run, 60);
  EXPECT_LE(refused.size(), 2U);  // Gemmini's vector unit, twice
}

TEST(DynamicQuantisationOnMachines, random_machines_and_arrays_of_pes_give_the_reference_bits) {
  std::mt19937 random(20250601);
  for (int trial = 0; trial < 60; ++trial) {
    HwConfig hw = testing::random_machine(random);
    const Way& way = kWays[static_cast<std::size_t>(trial) % std::size(kWays)];
    const Format format = kIntegers[random() % 3];
    const auto& rows = algorithms();
    const Algorithm& row = rows[random() % rows.size()];
    const int chunk = static_cast<int>(8 + random() % 41);
    const std::vector<double> values = chunk_of("correlated", chunk);
    way.set(hw);
    hw.formats[static_cast<std::size_t>(Format::kFp32)] =
        reference_machine().support(Format::kFp32);
    HwConfig reference = reference_machine();
    way.set(reference);
    const AlgorithmParameters parameters = resolve_parameters(row, chunk, {});
    const Bits expected =
        interpreted(lower(row, parameters, chunk, format, reference), reference, values);
    const Program p = lower(row, parameters, chunk, format, hw);
    EXPECT_EQ(simulated(p, hw, values), expected) << row.name << " " << trial;
    EXPECT_EQ(simulated(p, hw, values, Fidelity::kPe), expected) << row.name << " " << trial;
  }
}

double error_db(std::string_view algorithm, Format format, const HwConfig& hw,
                const std::vector<double>& a, int chunk) {
  const Algorithm& row = find_algorithm(algorithm);
  const Program p = lower(row, resolve_parameters(row, chunk, {}), chunk, format, hw);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  return Oracle(ChunkMatrix{"", chunk, a}).compare(read_real(p, p.output, state)).snr_db;
}

TEST(DynamicQuantisationAccuracy, beats_static_scales_where_rows_differ_widely) {
  // Row i of A is scaled by 2^-(i / 4): the last ones are below the steps of Q0.7.
  constexpr int kChunk = 64;
  std::vector<double> a = chunk_of("correlated", kChunk);
  for (int i = 0; i < kChunk; ++i)
    for (int j = 0; j < kChunk; ++j)
      a[static_cast<std::size_t>(i * kChunk + j)] *= std::ldexp(1.0, -(i / 4));
  const HwConfig fixed = reference_machine();
  for (const Format format : {Format::kInt8, Format::kInt16})
    for (const Way& way : kWays) {
      HwConfig hw = reference_machine();
      way.set(hw);
      EXPECT_GT(error_db("block_doubling", format, hw, a, kChunk),
                error_db("block_doubling", format, fixed, a, kChunk) + 6)
          << name(format) << " " << way.text();
    }
}

TEST(DynamicQuantisationAccuracy, of_shorter_groups_is_no_worse) {
  constexpr int kChunk = 64;
  const std::vector<double> a = chunk_of("correlated", kChunk);
  const auto snr = [&](Scaling scaling, int block) {
    HwConfig hw = reference_machine();
    Way{scaling, ScaleRounding::kExact, block, Accumulator::kInt64}.set(hw);
    return error_db("masked_newton", Format::kInt8, hw, a, kChunk);
  };
  const double tensor = snr(Scaling::kPerTensor, 32), rows = snr(Scaling::kPerRowColumn, 32);
  EXPECT_GT(rows, tensor);
  EXPECT_GT(snr(Scaling::kPerBlock, 8), rows);
}

TEST(DynamicQuantisationCost,
     shows_in_cycles_and_codes_are_made_once_for_products_that_share_them) {
  HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("neumann_masked");
  const AlgorithmParameters parameters = resolve_parameters(row, 64, {});
  const auto cycles = [&](const HwConfig& machine) {
    return steady_cycles_per_item(lower(row, parameters, 64, Format::kInt8, machine, {.tile = 64}),
                                  machine);
  };
  const double fixed = cycles(hw);
  kWays[0].set(hw);
  const Program p = lower(row, parameters, 64, Format::kInt8, hw, {.tile = 64});
  EXPECT_GT(cycles(hw), fixed);
  // N = 3, S = 8.  Start: A_N once, Y twice; E: A and Y0; Horner: E once, Y0 (other side) and six
  // iterates.  1 + 2 + 2 + 1 + 7 = 13 operands of 10 products.
  const auto count = [&](std::size_t opcode) {
    return std::count_if(p.instructions.begin(), p.instructions.end(),
                         [&](const Instruction& in) { return in.opcode() == opcode; });
  };
  EXPECT_EQ(count(opcode_of<Matmul>()), 10);
  EXPECT_EQ(count(opcode_of<Scales>()), 13);
  EXPECT_EQ(count(opcode_of<Quantise>()), 13);
}

}  // namespace
}  // namespace tricycle
