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
