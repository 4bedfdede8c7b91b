// SPDX-License-Identifier: Apache-2.0
//
// Inversions whose matrices have formats of their own, against plain loops in as many arithmetics:
// the program must store the same bits, interpreted in every cut and simulated.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/error.h"
#include "sim/config/load_hw.h"
#include "tests/bitexact/plain_inversions.h"
#include "tests/bitexact/program_bits.h"
#include "workloads/matrix_formats.h"
#include "workloads/reference_machine.h"
#include "workloads/tiling.h"

namespace tricycle {
namespace {

using testing::Arithmetic;
using testing::chunk_of;
using testing::Keep;
using testing::Plain;

/// Values of one format in another.
Plain rounded(const Arithmetic& to, const Plain& m) { return to.load(m.size, m.values); }

/// The arithmetic in which a matrix of an inversion is kept.
struct Arithmetics {
  explicit Arithmetics(const MatrixFormats& f)
      : input(f.input), blocks(f.blocks), merges(f.merges), result(f.result) {}
  Arithmetic input, blocks, merges, result;
};

/// Merges of blocks of y, which are in the arithmetic of the blocks; the result holds what the
/// merges stored last.
Plain merged(const Arithmetics& ar, const Plain& a, const Plain& blocks, int first) {
  Plain y = rounded(ar.merges, blocks), result = rounded(ar.result, blocks);
  const Plain operand = rounded(ar.merges, a);
  for (int b = first; b < a.size; b *= 2) {
    const Keep off =
        testing::both(testing::block_distance(2 * b, 0, 0), testing::block_distance(b, 1, 1));
    const Plain m =
        ar.merges.store({&operand}, ar.merges.product(kept(operand, off), y), false, off);
    const Plain sum = ar.merges.product(y, m);
    for (auto [arithmetic, to] : {std::pair{&ar.merges, &y}, std::pair{&ar.result, &result}}) {
      Plain corner = arithmetic->store({&m}, sum, true, off);
      for (double& v : corner.values) v += 0.0;
      overwrite(*to, corner, off);
    }
  }
  return result;
}

Plain blocked_substitution(const Arithmetics& ar, const Plain& a, int b) {
  Plain y = ar.blocks.zeros(a.size);
  const Plain inside = kept(rounded(ar.blocks, a), testing::block_distance(b, 0, 0));
  for (int i = 0; i < a.size; ++i)
    testing::substitute_row(ar.blocks, inside, inside, y, i - i % b, i);
  return merged(ar, a, kept(y, testing::block_distance(b, 0, 0)), b);
}

Plain mixed_recursive(const Arithmetics& ar, const Plain& a, const AlgorithmParameters& p) {
  const int b = p.get(kBlock);
  Plain y = ar.blocks.zeros(a.size);
  for (int begin = 0; begin < a.size; begin += b) {
    const Keep here = testing::both(
        testing::kLower, [=](int i, int j) { return i / b == begin / b && j / b == begin / b; });
    const Plain power = kept(rounded(ar.blocks, a), here);
    int squarings = 0;
    while (2 << squarings < b) ++squarings;
    overwrite(y, testing::product_form_in_two_steps(ar.blocks, power, squarings), here);
  }
  for (double& v : y.values) v += 0.0;
  return merged(ar, a, y, b);
}

void expect_bits(const Algorithm& row, const AlgorithmParameters& p, int size, Format run,
                 const std::vector<double>& values, const std::vector<std::uint8_t>& expected) {
  const HwConfig hw = reference_machine();
  for (const int edge : tile_edges(hw, run, matrix_formats(p, run, hw), size)) {
    const Program program = lower(row, p, size, run, hw, {.tile = edge});
    ASSERT_EQ(testing::interpreted(program, hw, values), expected)
        << row.name << " " << to_text(row, p) << " " << name(run) << " " << size << " cut into "
        << edge;
    ASSERT_EQ(testing::simulated(program, hw, values), expected) << row.name;
  }
}

class MixedFormats : public ::testing::TestWithParam<int> {};

TEST_P(MixedFormats, of_blocks_merges_and_result_store_the_bits_of_plain_loops) {
  const int size = GetParam();
  const HwConfig hw = reference_machine();
  const std::vector<double> values = chunk_of("correlated", size);
  constexpr KeptAs kAll[] = {KeptAs::kRun,  KeptAs::kSums, KeptAs::kFp32,      KeptAs::kTf32,
                             KeptAs::kFp16, KeptAs::kBf16, KeptAs::kFloat8E5m2};
  // Every word of every role, in combinations that do not repeat.
  for (std::size_t n = 0; n < 49; ++n) {
    AlgorithmOptions options;
    options.set(kInputAs, kAll[n % 7]).set(kBlocksAs, kAll[(n / 7 + n) % 7]);
    options.set(kMergesAs, kAll[(2 * n + n / 7) % 7]).set(kResultAs, kAll[(3 * n + n / 7) % 7]);
    options.set(kBlock, n % 2 == 0 ? 8 : 4);
    for (const std::string_view algorithm : {"blocked_substitution", "mixed_recursive"}) {
      const Algorithm& row = find_algorithm(algorithm);
      AlgorithmOptions own = options;
      if (row.has(kLoop.name)) own.set(kLoop, ProductLoop::kFlashKda);
      const AlgorithmParameters p = resolve_parameters(row, size, own);
      const Format run = n % 3 == 0 ? Format::kFp32 : Format::kBf16;
      const Arithmetics ar(matrix_formats(p, run, hw));
      const Plain a = ar.input.load(size, values);
      const Plain y = row.has(kLoop.name) ? mixed_recursive(ar, a, p)
                                          : blocked_substitution(ar, a, p.get(kBlock));
      expect_bits(row, p, size, run, values, ar.result.bits(y));
    }
  }
}

/// Everything is stored in the format of the run, and products multiply operands of another.
TEST_P(MixedFormats, of_operands_store_the_bits_of_plain_loops) {
  const int size = GetParam();
  const std::vector<double> values = chunk_of("correlated", size);
  for (const KeptAs operands :
       {KeptAs::kTf32, KeptAs::kFp16, KeptAs::kBf16, KeptAs::kFloat8E4m3fn}) {
    const Arithmetic ar = Arithmetic::of_operands(
        Format::kFp32, *find_format(kKeptAs[static_cast<std::size_t>(operands)].first));
    for (const std::string_view algorithm :
         {"tt_doubling", "tt_horner", "block_ps4", "block_nested", "masked_newton"}) {
      const Algorithm& row = find_algorithm(algorithm);
      AlgorithmOptions options;
      options.set(kOperandsAs, operands);
      const AlgorithmParameters p = resolve_parameters(row, size, options);
      expect_bits(row, p, size, Format::kFp32, values,
                  ar.bits(testing::kPlainLoops.at(algorithm)(ar, ar.load(size, values), p)));
    }
  }
}

/// vLLM's kernel in the two ways in which it can be said: a run in bf16 with a wide master and
/// result, and a run in fp32 whose products multiply bf16.
TEST_P(MixedFormats, of_a_wide_master_are_those_of_narrow_operands) {
  const int size = GetParam();
  const std::vector<double> values = chunk_of("correlated", size);
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("ns_blocks");
  AlgorithmOptions narrow, wide;
  narrow.set(kResultAs, KeptAs::kFp32);
  const Program of_bf16 =
      lower(row, resolve_parameters(row, size, narrow), size, Format::kBf16, hw);
  wide.set(kInputAs, KeptAs::kBf16).set(kOperandsAs, KeptAs::kBf16);
  const Program of_fp32 = lower(row, resolve_parameters(row, size, wide), size, Format::kFp32, hw);
  EXPECT_EQ(testing::interpreted(of_bf16, hw, values), testing::interpreted(of_fp32, hw, values));
}
INSTANTIATE_TEST_SUITE_P(Chunks, MixedFormats, ::testing::Values(8, 13, 24, 32));

std::string refusal(std::string_view algorithm, const AlgorithmOptions& options, Format format,
                    const HwConfig& hw) {
  const Algorithm& row = find_algorithm(algorithm);
  try {
    lower(row, resolve_parameters(row, 32, options), 32, format, hw);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MixedFormatsRefused, are_those_of_other_kinds_and_those_the_machine_lacks) {
  AlgorithmOptions blocks;
  blocks.set(kBlocksAs, KeptAs::kFp32);
  HwConfig hw = reference_machine();
  for (const Format format : {Format::kInt16, Format::kFp64})
    EXPECT_EQ(
        refusal("blocked_substitution", blocks, format, hw),
        fmt::format("algorithm.blocks=fp32: a run of {} keeps all its matrices alike, formats "
                    "are mixed among fp32 and narrower floats; choose one of these for the "
                    "run, or leave algorithm.blocks out",
                    name(format)));
  // As wide as the sums: no format of its own, so every run has it.
  blocks.set(kBlocksAs, KeptAs::kSums);
  EXPECT_EQ(refusal("blocked_substitution", blocks, Format::kInt16, hw), "");
  hw.formats[static_cast<std::size_t>(Format::kTf32)].present = false;
  blocks.set(kBlocksAs, KeptAs::kTf32);
  EXPECT_NE(refusal("blocked_substitution", blocks, Format::kBf16, hw).find("has no format tf32"),
            std::string::npos);
  HwConfig tiles = reference_machine();
  tiles.formats[static_cast<std::size_t>(Format::kBf16)].order = SumOrder::kTree;
  tiles.formats[static_cast<std::size_t>(Format::kBf16)].fan_in = 12;
  AlgorithmOptions operands;
  operands.set(kOperandsAs, KeptAs::kBf16);
  EXPECT_EQ(refusal("masked_newton", operands, Format::kFp32, tiles), "");  // one tile suits both
}

TEST(MixedFormatsRefused, are_products_register_by_register_in_two_formats) {
  const HwConfig hw = reference_machine();
  const Algorithm& row = find_algorithm("blocked_substitution");
  AlgorithmOptions merges;
  merges.set(kMergesAs, KeptAs::kFp32);
  const Program p = lower(row, resolve_parameters(row, 32, merges), 32, Format::kBf16, hw);
  try {
    testing::simulated(p, hw, chunk_of("iid", 32), Fidelity::kPe);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "fidelity pe: products of fp32 in a run of bf16 are not modelled register by "
                 "register; use fidelity tile");
  }
}

}  // namespace
}  // namespace tricycle
