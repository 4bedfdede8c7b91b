// SPDX-License-Identifier: Apache-2.0
//
// topology.scratchpad_to_matrix and topology.accumulator_to_scratchpad: cycles derived by hand.
#include <gtest/gtest.h>

#include "models/error.h"
#include "models/timing/timing.h"
#include "sim/units/npu.h"
#include "tests/machines.h"
#include "workloads/emitter.h"

namespace tricycle {
namespace {

constexpr int kSize = 16;
// A 16 x 16 product of outputs that stay, without skew: its 16 steps, and nothing behind them.
constexpr std::int64_t kProduct = 16;
// 16 x 16 of binary16 are 512 B: at 64 B, 32 B and 128 B a cycle.
constexpr std::int64_t kLoadA = 8, kLoadB = 16, kReadOut = 4;

HwConfig machine() {
  HwConfig hw = testing::machine_with_array(16, 16, Dataflow::kOutputStationary, Overlap::kPreload);
  hw.systolic_array.broadcast = true;
  hw.scratchpad.banks = 64;
  hw.scratchpad.width_bytes = hw.scratchpad.interleave_bytes = 32;  // a row of binary16 a bank
  hw.scratchpad_to_matrix = {.present = true,
                             .a_bytes_per_cycle = 64,
                             .b_bytes_per_cycle = 32,
                             .latency_cycles = 0,
                             .buffers = 2};
  hw.accumulator_to_scratchpad.bytes_per_cycle = 128;
  hw.accumulator_to_scratchpad.latency_cycles = 0;
  return hw;
}

/// What a program of whole products and read-outs on resident matrices takes.
class Kernel {
 public:
  explicit Kernel(const HwConfig& hw) : hw_(hw), e_(hw_, Format::kFp16, kSize, kSize) {
    i_ = e_.constant("I", Constant::kIdentity);
    minus_ = e_.constant("-I", Constant::kMinusIdentity);
    acc_ = e_.accumulator("acc");
    other_ = e_.accumulator("other");
    x_ = e_.matrix("X", Band{0, kSize});
  }
  Emitter& e() { return e_; }
  /// Without the transfers of input and result, which nothing here waits for.
  SimulationResult run() {
    Program p = e_.finish();
    std::erase_if(p.instructions, [](const Instruction& in) { return in.unit() == Unit::kDma; });
    derive_tokens(p);
    return simulate(p, hw_, 1, nullptr);
  }
  std::int64_t cycles() { return run().total_cycles; }
  Matrix i_, minus_, x_;
  std::uint32_t acc_ = 0, other_ = 0;

 private:
  HwConfig hw_;
  Emitter e_;
};

TEST(OperandPath, a_product_begins_when_one_queue_has_brought_both_operands) {
  HwConfig hw = machine();
  Kernel k(hw);
  k.e().whole_product(k.i_, k.minus_, {.into = k.acc_});
  const SimulationResult r = k.run();
  EXPECT_EQ(r.total_cycles, kLoadA + kLoadB + kProduct);
  EXPECT_EQ(r.units[0].stalled[static_cast<std::size_t>(StallCause::kPath)], kLoadA + kLoadB);
  EXPECT_EQ(r.operand_load_cycles, kLoadA + kLoadB);
  hw.scratchpad_to_matrix.latency_cycles = 5;
  Kernel late(hw);
  late.e().whole_product(late.i_, late.minus_, {.into = late.acc_});
  EXPECT_EQ(late.cycles(), kLoadA + kLoadB + 5 + kProduct);
  hw.scratchpad_to_matrix.present = false;
  Kernel direct(hw);
  direct.e().whole_product(direct.i_, direct.minus_, {.into = direct.acc_});
  EXPECT_EQ(direct.cycles(), kProduct);
}

TEST(OperandPath, an_operand_that_is_still_in_its_place_is_not_brought_again) {
  Kernel k(machine());
  k.e().whole_product(k.i_, k.minus_, {.into = k.acc_});
  k.e().whole_product(k.i_, k.minus_, {.into = k.other_});
  EXPECT_EQ(k.cycles(), kLoadA + kLoadB + 2 * kProduct);
}

TEST(OperandPath, with_two_places_the_next_operands_come_beside_a_product_with_one_behind_it) {
  HwConfig hw = machine();
  const auto swapped = [&] {
    Kernel k(hw);
    k.e().whole_product(k.i_, k.minus_, {.into = k.acc_});
    k.e().whole_product(k.minus_, k.i_, {.into = k.other_});
    return k.cycles();
  };
  // The second load begins as the first ends, and takes 8 cycles longer than the product.
  EXPECT_EQ(swapped(), 2 * (kLoadA + kLoadB) + kProduct);
  hw.scratchpad_to_matrix.buffers = 1;
  EXPECT_EQ(swapped(), 2 * (kLoadA + kLoadB + kProduct));
}

TEST(OperandPath, a_masked_operand_is_zeros_and_then_its_blocks) {
  Kernel k(machine());
  Mask blocks;
  blocks.block = 4;  // 64 of 256 entries: 128 B
  blocks.min_blocks = blocks.max_blocks = 0;
  k.e().whole_product(k.i_, k.minus_, {.into = k.acc_, .a_mask = blocks});
  EXPECT_EQ(k.cycles(), (512 + 128) / 64 + kLoadB + kProduct);
}

TEST(ReadOut, takes_its_bytes_over_the_rate_and_hands_over_after_latency_and_token) {
  HwConfig hw = machine();
  const auto chain = [&] {
    Kernel k(hw);
    k.e().whole_product(k.i_, k.minus_, {.into = k.acc_});
    k.e().read_out(k.x_, k.acc_);
    k.e().whole_product(k.x_, k.minus_, {.into = k.acc_});
    return k.run();
  };
  const SimulationResult r = chain();
  // X must be read out, then brought; -I stays where it is.
  EXPECT_EQ(r.total_cycles, kLoadA + kLoadB + kProduct + kReadOut + kLoadA + kProduct);
  EXPECT_EQ(r.units[Unit::kReadOut].busy, kReadOut);
  EXPECT_EQ(r.units[0].stalled[static_cast<std::size_t>(waits_for(Unit::kReadOut))], kReadOut);
  hw.accumulator_to_scratchpad.latency_cycles = 7;
  EXPECT_EQ(chain().total_cycles, r.total_cycles + 7);
  hw.sequencer.token_latency_cycles = 3;  // to the read-out, and back
  EXPECT_EQ(chain().total_cycles, r.total_cycles + 7 + 2 * 3);
}

TEST(ReadOut, goes_beside_a_product_on_another_accumulator) {
  Kernel k(machine());
  k.e().whole_product(k.i_, k.minus_, {.into = k.acc_});
  k.e().read_out(k.x_, k.acc_);
  k.e().whole_product(k.i_, k.minus_, {.into = k.other_});
  EXPECT_EQ(k.cycles(), kLoadA + kLoadB + 2 * kProduct);
}

TEST(ReadOut, leaves_the_sums_so_that_a_product_adds_to_them_unrounded) {
  // 1 + 2^-12 is no binary16: read out it is 1, but it is still in the accumulator.
  const HwConfig hw = machine();
  Emitter e(hw, Format::kFp16, 16, 16);
  const Matrix i = e.constant("I", Constant::kIdentity),
               minus = e.constant("-I", Constant::kMinusIdentity), x = e.matrix("X", Band{0, 16}),
               y = e.matrix("Y", Band{0, 16}), small = e.input();
  const std::uint32_t acc = e.accumulator("acc");
  e.load_whole_input();
  e.whole_product(i, i, {.into = acc});
  e.whole_product(small, i, {.into = acc, .accumulate = true});
  e.read_out(x, acc);
  e.whole_product(minus, x, {.into = acc, .accumulate = true});
  e.read_out(y, acc);
  e.store_whole_output(y);
  const Program p = e.finish();
  MachineState state = make_state(p);
  std::vector<double> a(256);
  for (std::size_t r = 0; r < 16; ++r) a[r * 17] = 0.000244140625;
  write_input(p, p.inputs[0], a, state);
  interpret(p, hw, state);
  EXPECT_EQ(read_real(p, x.buffer, state)[0], 1);
  EXPECT_EQ(read_real(p, y.buffer, state)[0], 0.000244140625);
}

TEST(ReadOut, of_a_constant_or_into_one_is_refused) {
  const HwConfig hw = machine();
  Emitter e(hw, Format::kFp16, 16, 16);
  const Matrix i = e.constant("I", Constant::kIdentity);
  const std::uint32_t acc = e.accumulator("acc");
  e.whole_product(i, i, {.into = acc});
  e.read_out(i, acc);
  EXPECT_THROW(e.finish(), RunError);
}

}  // namespace
}  // namespace tricycle
