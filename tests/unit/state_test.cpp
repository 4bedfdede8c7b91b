// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/semantics/execute.h"
#include "workloads/gemm.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

std::uint32_t buffer_named(const Program& program, const std::string& name) {
  for (std::uint32_t i = 0; i < program.buffers.size(); ++i)
    if (program.buffers[i].name == name) return i;
  ADD_FAILURE() << "no buffer " << name;
  return 0;
}

TEST(MachineState, what_was_never_written_reads_as_poison_and_the_result_as_zero) {
  const Program p = lower_gemm(reference_machine(), Format::kFp16, 2, 2, 2);
  MachineState state = make_state(p);
  const std::uint32_t a = buffer_named(p, "A0");
  for (double v : read_real(p, a, state)) EXPECT_TRUE(std::isnan(v));
  commit({{a, 1, 0, 1, 1}, Elements<float>{1.5F}, 0}, p, state);  // row 1, column 0
  const std::vector<double> part = read_real(p, a, state);
  ASSERT_EQ(part.size(), 4U);
  EXPECT_TRUE(std::isnan(part[0]) && std::isnan(part[1]) && std::isnan(part[3]));
  EXPECT_EQ(part[2], 1.5);
  EXPECT_EQ(read_real(p, p.output, state), std::vector<double>(4, 0.0));
}

TEST(MachineState, an_operand_never_written_poisons_the_product) {
  const HwConfig hw = reference_machine();
  const std::vector<double> ones(4, 1.0);
  const auto run = [&](Format format) {
    const Program p = lower_gemm(hw, format, 2, 2, 2);
    MachineState state = make_state(p);
    write_input(p, p.inputs[0], ones, state);  // but not B
    interpret(p, hw, state);
    return read_real(p, p.output, state);
  };
  for (double v : run(Format::kFp16)) EXPECT_TRUE(std::isnan(v));
  for (double v : run(Format::kFp64)) EXPECT_TRUE(std::isnan(v));
  // 2 x 32767 x -32768 is requantised from 30 to 15 fraction bits: far beyond -1, clipped there.
  for (double v : run(Format::kInt16)) EXPECT_EQ(v, -1.0);
}

TEST(MachineState, inputs_are_rounded_once_into_the_format_of_their_buffer) {
  const Program p = lower_gemm(reference_machine(), Format::kFp16, 1, 2, 1);
  MachineState state = make_state(p);
  // 1 + 2^-11 + 2^-40 is just above halfway between 1 and 1 + 2^-10; binary32 in between would
  // round it to the tie, and the tie to 1.
  write_input(p, p.inputs[1], std::vector<double>{1 + 0x1p-11 + 0x1p-40, -0x1p-25}, state);
  EXPECT_EQ(read_real(p, p.inputs[1], state), (std::vector<double>{1 + 0x1p-10, -0.0}));
}

std::int64_t wrapped_in(const HwConfig& hw, const std::vector<double>& a,
                        const std::vector<double>& b, int m, int n, int k) {
  const Program p = lower_gemm(hw, Format::kInt16, m, n, k);
  MachineState state = make_state(p);
  write_input(p, p.inputs[0], a, state);
  write_input(p, p.inputs[1], b, state);
  interpret(p, hw, state);
  return state.wrapped_count;
}

TEST(MachineState, counts_sums_that_the_accumulator_does_not_hold) {
  const HwConfig hw = reference_machine();  // int32 that wraps
  const auto of = [&](const std::vector<double>& a) {
    return wrapped_in(hw, a, std::vector<double>(a.size(), 1.0), 1, 1, static_cast<int>(a.size()));
  };
  // Codes of 1 are 32767: two products are 2147352578 < 2^31, three are more.
  EXPECT_EQ(of({1, 1}), 0);
  EXPECT_EQ(of({1, 1, 1}), 1);
  EXPECT_EQ(of({1, 1, 1, -1}), 0);  // there and back: the sum is right
  EXPECT_EQ(of({-1, -1, -1, -1}), 1);
}

TEST(MachineState, counts_them_as_plain_loops_do_however_the_product_is_cut) {
  const int m = 21, n = 19, k = 37;
  std::vector<double> a(m * k), b(k * n);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i * 37 % 101) / 64 - 0.7;
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i * 53 % 97) / 64 - 0.6;
  const auto code = [](double v) { return static_cast<std::int64_t>(quantize(v, 16, 15).value); };
  std::int64_t expected = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      std::int64_t sum = 0;
      for (int x = 0; x < k; ++x)
        sum += code(a[static_cast<std::size_t>(i * k + x)]) *
               code(b[static_cast<std::size_t>(x * n + j)]);
      expected += sum != static_cast<std::int32_t>(sum);
    }
  ASSERT_GT(expected, 20);
  ASSERT_LT(expected, m * n - 20);
  for (const int array : {4, 16, 64})
    for (const AccumulatorOverflow overflow :
         {AccumulatorOverflow::kWrap, AccumulatorOverflow::kSaturate}) {
      HwConfig hw = reference_machine();
      hw.systolic_array.rows = hw.systolic_array.cols = array;
      hw.formats[static_cast<std::size_t>(Format::kInt16)].overflow = overflow;
      if (overflow == AccumulatorOverflow::kWrap) {
        EXPECT_EQ(wrapped_in(hw, a, b, m, n, k), expected) << array;
      } else {
        EXPECT_GE(wrapped_in(hw, a, b, m, n, k), expected) << array;  // clipped on the way as well
      }
      hw.formats[static_cast<std::size_t>(Format::kInt16)].accumulator = Accumulator::kInt48;
      EXPECT_EQ(wrapped_in(hw, a, b, m, n, k), 0);
    }
}

TEST(MachineState, counts_inputs_that_their_format_does_not_hold) {
  const Program p = lower_gemm(reference_machine(), Format::kInt8, 1, 4, 1);
  MachineState state = make_state(p);
  write_input(p, p.inputs[1], std::vector<double>{0.5, 0.501, 2, 0}, state);
  EXPECT_EQ(state.rounded_inputs, 2);
  EXPECT_EQ(state.saturated_count, 1);
  const Program wide = lower_gemm(reference_machine(), Format::kFp64, 1, 2, 1);
  MachineState exact = make_state(wide);
  write_input(wide, wide.inputs[1], std::vector<double>{0.1, 1e300}, exact);
  EXPECT_EQ(exact.rounded_inputs, 0);
  EXPECT_EQ(read_real(wide, wide.inputs[1], exact), (std::vector<double>{0.1, 1e300}));
}

TEST(MachineState, strips_of_a_product_have_the_bits_of_its_panels) {
  // 48 columns on 16 x 16 PEs in two panels and strips of 16, rows of 37 in strips of 16, 16 and 5.
  HwConfig hw = reference_machine();
  hw.systolic_array.rows = hw.systolic_array.cols = 16;
  hw.accumulator_bytes = 2 * 37 * 32 * 8 + 64;
  const int m = 37, n = 48, k = 41;
  const auto run = [&](Format format, GemmGrain grain) {
    const Program p = lower_gemm(hw, format, m, n, k, grain);
    MachineState state = make_state(p);
    std::vector<double> a(m * k), b(k * n);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i * 37 % 101) / 128;
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<double>(i * 53 % 97) / 128 - 0.5;
    write_input(p, p.inputs[0], a, state);
    write_input(p, p.inputs[1], b, state);
    interpret(p, hw, state);
    return read_bits(p, p.output, state);
  };
  for (const Format format : {Format::kInt8, Format::kFp16, Format::kFp32, Format::kFp64})
    EXPECT_EQ(run(format, GemmGrain::kStrip), run(format, GemmGrain::kPanel)) << name(format);
}

TEST(MachineState, a_product_of_several_large_pages_keeps_every_element) {
  // 1100 x 1100 floats are 4.8 MB: two large pages and a part of one.
  const HwConfig hw = reference_machine();
  const int n = 1100;
  const Program p = lower_gemm(hw, Format::kFp32, n, n, 1);
  MachineState state = make_state(p);
  std::vector<double> column(n), row(n);
  for (int i = 0; i < n; ++i) {
    column[static_cast<std::size_t>(i)] = i;
    row[static_cast<std::size_t>(i)] = i % 7;
  }
  write_input(p, p.inputs[0], column, state);
  write_input(p, p.inputs[1], row, state);
  interpret(p, hw, state);
  const std::vector<double> out = read_real(p, p.output, state);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      ASSERT_EQ(out[static_cast<std::size_t>(i) * n + static_cast<std::size_t>(j)], i * (j % 7));
}

}  // namespace
}  // namespace tricycle
