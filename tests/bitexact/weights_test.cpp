// SPDX-License-Identifier: Apache-2.0
//
// Elements of 4 bits: alone and as weights beside longer activations, in every memory and every
// model of the array.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "models/error.h"
#include "models/numerics/convert.h"
#include "models/semantics/execute.h"
#include "models/timing/timing.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/gemm.h"

namespace tricycle {
namespace {

constexpr int kM = 19, kN = 13, kK = 37;

/// Random values on a grid of `bits` bits in [-1, 1).
std::vector<double> on_grid(std::size_t count, int bits, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> out(count);
  for (double& v : out)
    v = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random() >> (32 - bits))),
                   1 - bits) -
        1;
  return out;
}

std::vector<double> product_on(const HwConfig& hw, const Program& p, const std::vector<double>& a,
                               const std::vector<double>& b, Fidelity fidelity) {
  std::vector<double> c;
  const ItemIo io{
      [&](std::int64_t, MachineState& state) {
        write_input(p, p.inputs[0], a, state);
        write_input(p, p.inputs[1], b, state);
      },
      [&](std::int64_t, const MachineState& state) { c = read_real(p, p.output, state); }};
  simulate(p, hw, 1, &io, fidelity);
  return c;
}

/// What plain arithmetic makes of one output.  Fixed point: an exact sum, rounded half up and
/// saturated; floats: binary32 sums of exact products in order, then the nearest of the format.
double expected(Format format, const std::vector<double>& a, const std::vector<double>& b, int i,
                int j) {
  const auto left = [&](int k) { return a[static_cast<std::size_t>(i * kK + k)]; };
  const auto right = [&](int k) { return b[static_cast<std::size_t>(k * kN + j)]; };
  if (info(format).is_float()) {
    float sum = 0;
    for (int k = 0; k < kK; ++k)
      sum = static_cast<float>(static_cast<double>(sum) + left(k) * right(k));
    return static_cast<double>(round_to_storage(format, sum));
  }
  double sum = 0;
  for (int k = 0; k < kK; ++k) sum += left(k) * right(k);
  const double one = std::ldexp(1.0, info(format).bits - 1);
  return std::fmin(std::fmax(std::floor(sum * one + 0.5), -one), one - 1) / one;
}

class Weights : public ::testing::TestWithParam<Format> {};
TEST_P(Weights, of_int4_multiply_exactly_in_every_dataflow_and_register_by_register) {
  const Format format = GetParam();
  const auto a = on_grid(kM * kK, std::min(info(format).mantissa_bits + 1, 8), 1),
             b = on_grid(kK * kN, 4, 2);
  for (Dataflow dataflow :
       {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary}) {
    const HwConfig hw = testing::machine_with_array(8, 8, dataflow, Overlap::kPreload);
    const Program p =
        lower_gemm(hw, format, kM, kN, kK, GemmGrain::kPanel, {.format = Format::kInt4});
    const std::vector<double> c = product_on(hw, p, a, b, Fidelity::kTile);
    EXPECT_EQ(c, product_on(hw, p, a, b, Fidelity::kPe));
    for (int i = 0; i < kM; ++i)
      for (int j = 0; j < kN; ++j)
        ASSERT_EQ(c[static_cast<std::size_t>(i * kN + j)], expected(format, a, b, i, j));
  }
}
INSTANTIATE_TEST_SUITE_P(Activations, Weights,
                         ::testing::Values(Format::kInt4, Format::kInt8, Format::kInt16,
                                           Format::kFp16, Format::kBf16, Format::kFp32),
                         [](const auto& param) { return std::string(name(param.param)); });

TEST(Weights, take_half_a_byte_in_memory_and_their_rows_begin_at_whole_bytes) {
  const HwConfig hw =
      testing::machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  const Program p =
      lower_gemm(hw, Format::kInt16, 32, 63, 32, GemmGrain::kPanel, {.format = Format::kInt4});
  const Buffer& b = p.buffers[p.inputs[1]];
  EXPECT_EQ(b.row_bytes(), 32);  // 63 of 4 bits
  EXPECT_EQ(p.buffer_bytes(b, hw), 32 * 32);
  EXPECT_EQ(p.buffer_bytes(p.buffers[p.inputs[0]], hw), 32 * 32 * 2);
  // Elements 1 to 2 of a row touch two bytes.
  const ByteRange range = row_range(b, {p.inputs[1], 0, 1, 1, 2});
  EXPECT_EQ(range.begin, 0);
  EXPECT_EQ(range.end, 2);
  // Requests of 64 B: 32 x 64 B of A and of C (126 B a row, contiguous), 1024 B of B.
  std::int64_t loaded = 0;
  for (const Instruction& in : p.instructions)
    if (const auto* load = in.as<Load>()) loaded += transfer_timing(hw, p, load->from).bytes;
  EXPECT_EQ(loaded, 2048 + 1024);
}

TEST(Weights, that_the_array_does_not_multiply_are_refused_in_one_line) {
  const HwConfig hw =
      testing::machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  EXPECT_FALSE(multiply_together(Format::kInt8, Format::kInt16));
  EXPECT_FALSE(multiply_together(Format::kInt16, Format::kFp16));
  EXPECT_FALSE(multiply_together(Format::kBf16, Format::kInt16)) << "16 bits beside 8";
  EXPECT_TRUE(multiply_together(Format::kFp16, Format::kInt8));
  try {
    lower_gemm(hw, Format::kInt16, 8, 8, 8, GemmGrain::kPanel, {.format = Format::kFp16});
    ADD_FAILURE() << "accepted";
  } catch (const std::exception& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(Weights, need_not_be_a_format_of_the_machine) {
  HwConfig without =
      testing::machine_with_array(8, 8, Dataflow::kWeightStationary, Overlap::kPreload);
  without.formats[static_cast<std::size_t>(Format::kInt4)].present = false;
  EXPECT_NO_THROW(
      lower_gemm(without, Format::kInt16, 8, 8, 8, GemmGrain::kPanel, {.format = Format::kInt4}));
}

}  // namespace
}  // namespace tricycle
