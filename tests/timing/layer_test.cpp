// SPDX-License-Identifier: Apache-2.0
//
// Cycles of the stages of a layer, and of the operations they are made of.
#include "sim/engine/layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/error.h"
#include "models/timing/timing.h"
#include "sim/config/load_hw.h"
#include "sim/config/load_problem.h"
#include "sim/units/npu.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/gemm.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

HwConfig shipped_machine(const std::string& name) {
  return load_hw_config(TRICYCLE_SOURCE_DIR "/hwconfigs/" + name + ".yaml");
}
Problem shipped_layer(const std::string& name, const std::vector<std::string>& set = {}) {
  return load_layer(TRICYCLE_SOURCE_DIR "/workloads/problems/" + name + ".yaml", set);
}

/// Cycles of dst [rows x cols] <- a (op) b, b of the given shape, in `format`; a register is 256 B.
std::int64_t cycles(const HwConfig& hw, std::int32_t rows, std::int32_t cols, std::int32_t b_rows,
                    std::int32_t b_cols, Format stored = Format::kFp32) {
  StageBuilder builder(hw, Format::kFp32, Format::kFp32);
  const Region a = builder.loaded(builder.input("a", stored, rows, cols)),
               b = builder.loaded(builder.input("b", Format::kFp32, b_rows, b_cols)),
               out = builder.scratch("out", Format::kFp32, rows, cols);
  builder.apply(VectorOp::kMultiply, out, a, b);
  builder.store(builder.output("c", Format::kFp32, rows, cols), out);
  const Program p = builder.finish();
  const auto found = std::find_if(p.instructions.begin(), p.instructions.end(), [](const auto& in) {
    return in.template as<Elementwise>() != nullptr;
  });
  return vector_timing(hw, p, *found).busy_cycles;
}

TEST(ElementwiseTiming, a_column_that_stands_for_all_costs_a_scalar_a_row_and_a_register_a_row) {
  HwConfig hw = reference_machine();
  hw.vector_unit.scalar_operand_cycles = 3;
  EXPECT_EQ(cycles(hw, 8, 32, 8, 32), 4);         // 8 x 128 B in one run: 4 registers
  EXPECT_EQ(cycles(hw, 8, 32, 8, 1), 8 + 8 * 3);  // a register and a scalar a row
  EXPECT_EQ(cycles(hw, 8, 32, 1, 32), 8);         // the row again for every row: a register a row
  EXPECT_EQ(cycles(hw, 8, 32, 1, 1), 4 + 3);      // one scalar for all
}

TEST(ElementwiseTiming, a_narrower_operand_costs_a_cast_of_what_it_becomes) {
  const HwConfig hw = reference_machine();
  EXPECT_EQ(cycles(hw, 8, 32, 8, 32, Format::kFp16), 4 + 4);
}

TEST(PackedWeights, are_loaded_in_their_bits_and_halve_the_passes_of_int16) {
  HwConfig hw = reference_machine();
  hw.formats[static_cast<std::size_t>(Format::kInt16)].passes = 4;
  EXPECT_EQ(product_passes(hw, Format::kInt16, 16), 4);
  EXPECT_EQ(product_passes(hw, Format::kInt16, 8), 2);
  EXPECT_EQ(product_passes(hw, Format::kInt16, 4), 2);
  EXPECT_EQ(product_passes(hw, Format::kFp16, 4), 1);
  const auto bytes = [&](int weight_bits) {
    const Program p = lower_gemm(hw, Format::kInt16, 64, 128, 256, GemmGrain::kPanel,
                                 {.packed_bits = weight_bits});
    return simulate(p, hw, 1, nullptr).dram_bytes;
  };
  // A and C in 16 bits, B in 16 or 4.
  EXPECT_EQ(bytes(0), 2 * (64 * 256 + 256 * 128 + 64 * 128));
  EXPECT_EQ(bytes(4), 2 * (64 * 256 + 64 * 128) + 256 * 128 / 2);
}

TEST(Layer, the_state_stage_is_serial_in_its_chunks) {
  const HwConfig hw = shipped_machine("hexagon_v79_like");
  const auto alone = [&](int chunks) {
    return simulate(lower_state(hw, {64, 128, 128, 1}, find_rounding_mode("llamacpp_fp16"),
                                DeltaForm::kUt, chunks),
                    hw, 1, nullptr)
        .total_cycles;
  };
  const std::int64_t a = alone(8), b = alone(16), c = alone(24);
  EXPECT_EQ(c - b, b - a);
}

TEST(Layer, items_beyond_those_simulated_cost_what_those_in_the_middle_do) {
  const HwConfig hw = shipped_machine("hexagon_v79_like");
  const Program p = lower_kkt(hw, {64, 128, 128, 1}, find_rounding_mode("fla_bf16"));
  constexpr std::int64_t kItems = 400;  // in flight: 4
  const auto whole = static_cast<double>(simulate(p, hw, kItems, nullptr).total_cycles -
                                         hw.sequencer.launch_cycles);
  EXPECT_NEAR(cycles_of_items(p, hw, kItems) / whole, 1, 0.01);
}

LayerCycles measured(const Problem& problem, DeltaForm form, bool share) {
  return layer_cycles(shipped_machine("hexagon_v79_like"), problem,
                      {&find_rounding_mode("llamacpp_fp16"), form, 0, share},
                      {&find_algorithm("forward_substitution"), &find_algorithm("neumann_masked")},
                      {}, Format::kInt16);
}

const StageCycles& stage(const LayerCycles& cycles, std::string_view name) {
  return *std::find_if(cycles.others.begin(), cycles.others.end(),
                       [&](const StageCycles& s) { return s.name == name; });
}

TEST(Layer, shares_and_savings_are_those_of_the_stages) {
  const LayerCycles c =
      measured(shipped_layer("qwen3_5_0_8b", {"layer.tokens=512"}), DeltaForm::kUt, false);
  ASSERT_EQ(c.inversions.size(), 2U);
  const auto &before = c.inversions[0], &after = c.inversions[1];
  EXPECT_EQ(before.algorithm, "forward_substitution");
  EXPECT_EQ(before.stage.items, 16 * 512 / 64);
  EXPECT_NEAR(c.saved(after), (before.stage.cycles - after.stage.cycles) / c.total(before), 1e-12);
  EXPECT_NEAR(c.share(after) * c.total(after), after.stage.cycles, 1e-6);
  // In this order of production kernels.
  std::vector<std::string> names;
  for (const StageCycles& s : c.others) names.push_back(s.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"norm", "in_proj_qkv", "in_proj_z", "in_proj_ba", "conv",
                                      "qk_norm", "gates", "kkt", "wy", "h", "o", "gated_norm",
                                      "out_proj", "post_norm", "gate_up", "swiglu", "down"}));
  EXPECT_EQ(c.others[c.solve_at].name, "wy");
}

TEST(Layer, value_heads_that_share_a_key_head_can_share_its_products) {
  const Problem problem = shipped_layer("qwen3_5_4b", {"layer.tokens=256"});
  const LayerCycles own = measured(problem, DeltaForm::kDelta, false),
                    shared = measured(problem, DeltaForm::kDelta, true);
  EXPECT_EQ(stage(own, "kkt").items, 32 * 4);
  EXPECT_EQ(stage(shared, "kkt").items, 16 * 4);
  EXPECT_LT(stage(shared, "kkt").cycles, stage(own, "kkt").cycles);
}

TEST(Layer, decode_takes_the_recurrent_step_and_no_inversion) {
  const LayerCycles c =
      measured(shipped_layer("qwen3_next_80b_a3b", {"layer.phase=decode", "layer.tokens=1"}),
               DeltaForm::kUt, false);
  EXPECT_TRUE(c.inversions.empty());
  EXPECT_EQ(stage(c, "recurrent").items, 32);
  EXPECT_EQ(stage(c, "experts_gate_up").items, 10);  // top-k of them
}

TEST(Layer, a_machine_that_lacks_much_is_told_all_of_it_at_once) {
  // docs/layer.md, "What a layer needs of a machine".
  const std::set<std::string> needed{"format fp32",        "format bf16",   "format fp16",
                                     "format int16",       "no add_scalar", "no multiply,",
                                     "no multiply_scalar", "no max_scalar", "no row_sum",
                                     "no rsqrt",           "no exp",        "no divide"};
  HwConfig hw = shipped_machine("hexagon_v79_like");
  for (FormatSupport& support : hw.formats) support.present = false;
  for (VectorOpCost& op : hw.vector_unit.operations) op.present = false;
  std::vector<std::string> faults;
  attempt(faults, [&] {
    return layer_cycles(
        hw, shipped_layer("qwen3_5_0_8b", {"layer.tokens=64"}),
        {&find_rounding_mode("fla_bf16"), DeltaForm::kUt, 0, false},
        {&find_algorithm("forward_substitution"), &find_algorithm("neumann_masked")}, {},
        Format::kFp16);
  });
  std::set<std::string> told;
  for (const std::string& fault : faults)
    for (const std::string& need : needed)
      if (fault.find(need) != std::string::npos) told.insert(need);
  EXPECT_EQ(told, needed);
  EXPECT_EQ(faults.size(), needed.size()) << ::testing::PrintToString(faults);
}

TEST(Layer, a_machine_that_lacks_nothing_a_layer_needs_may_lack_the_rest) {
  HwConfig hw = shipped_machine("hexagon_v79_like");
  hw.formats[static_cast<std::size_t>(Format::kInt8)].present = false;
  hw.vector_unit.operations[static_cast<std::size_t>(VectorOp::kRowMax)].present = false;
  EXPECT_NO_THROW(layer_cycles(hw, shipped_layer("qwen3_5_0_8b", {"layer.tokens=64"}),
                               {&find_rounding_mode("fla_bf16"), DeltaForm::kUt, 0, false},
                               {&find_algorithm("forward_substitution")}, {}, Format::kFp16));
}

TEST(LayerProblem, of_the_other_kind_is_refused_with_the_command_that_takes_it) {
  const std::string folder = TRICYCLE_SOURCE_DIR "/workloads/problems/";
  const auto message = [](auto load) -> std::string {
    try {
      load();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message([&] { load_inversions(folder + "qwen3_5_0_8b.yaml"); }).find("tricycle layer"),
            std::string::npos);
  EXPECT_NE(message([&] { load_layer(folder + "iid_c16.yaml"); }).find("tricycle run"),
            std::string::npos);
}

}  // namespace
}  // namespace tricycle
