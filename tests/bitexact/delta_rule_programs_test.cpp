// SPDX-License-Identifier: Apache-2.0
//
// The stages of the chunked delta rule, interpreted and simulated, on captured q, k, v, g, beta of
// a trained model: against the token-by-token definition in double, and against what the modelling
// code of Hugging Face put out.
#include "workloads/gated_deltanet/delta_rule_programs.h"

#include <gtest/gtest.h>

#include "models/error.h"
#include "tests/bitexact/captured_heads.h"
#include "workloads/algorithm.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

using testing::CapturedLayer;
using testing::definition;
using testing::relative_error;
using testing::simulated;

auto captured(const std::string& layer, std::int64_t tokens) {
  return testing::captured_in(
      TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm/captured_acts.safetensors", layer, tokens);
}

/// The pipeline of a mode: chunks of 64, the inversion by block doubling in the format A is stored
/// in.
DeltaPrograms programs(const HwConfig& hw, const RoundingMode& mode, DeltaForm form, int group,
                       int chunks) {
  const Algorithm& inversion = find_algorithm("block_doubling");
  const DeltaShape shape{64, 128, 128, group};
  const int size = solve_size(shape.chunk, form);
  return lower_delta_rule(
      hw, shape, mode, form, chunks,
      lower(inversion, resolve_parameters(inversion, size, {}), size, mode.a, hw));
}

constexpr DeltaForm kForms[] = {DeltaForm::kUt, DeltaForm::kDelta, DeltaForm::kRightHandSides};

struct Expected {
  const char* mode;
  double error;  // of the outputs, relative, at most
};

// A rounding of U, W, V', P and O each leaves 2^-11 (fp16) or 2^-8 (bf16) relative, 2^-24 in fp32;
// the sums of 64 to 128 of them average.
constexpr Expected kExpected[] = {{"fp64", 1e-14},
                                  {"fp32", 1e-6},
                                  {"fla_bf16", 5e-3},
                                  {"megagdn_fp16", 6e-4},
                                  {"llamacpp_fp16", 6e-4}};

class DeltaRulePrograms : public ::testing::TestWithParam<Expected> {};

TEST_P(DeltaRulePrograms, equal_the_definition_to_the_accuracy_of_the_mode_in_every_form) {
  const HwConfig hw = reference_machine();
  const RoundingMode& mode = find_rounding_mode(GetParam().mode);
  const CapturedLayer layer = captured("layer2", 100);  // a whole chunk and a short one
  const std::vector<RealMatrix> exact = definition(layer.heads);
  for (const DeltaForm form : kForms) {
    const double error = relative_error(
        delta_rule_outputs(programs(hw, mode, form, 1, 2), layer.heads, interpreted(hw)), exact);
    EXPECT_LT(error, GetParam().error);
    // Not more accurate than its formats can be: the mode is really in force.
    EXPECT_GT(error, GetParam().error / 200);
  }
}
INSTANTIATE_TEST_SUITE_P(Modes, DeltaRulePrograms, ::testing::ValuesIn(kExpected),
                         [](const auto& row) { return std::string(row.param.mode); });

TEST(DeltaRulePrograms, gates_that_follow_the_inverse_give_the_definition_too) {
  const HwConfig hw = reference_machine();
  const CapturedLayer layer = captured("layer2", 100);
  const std::vector<RealMatrix> exact = definition(layer.heads);
  RoundingMode late = find_rounding_mode("fp64");
  late.gates_after = true;
  const RoundingMode& bf16 = find_rounding_mode("flashqla_bf16");
  for (const DeltaForm form : {DeltaForm::kUt, DeltaForm::kDelta}) {
    const auto error = [&](const RoundingMode& mode) {
      return relative_error(
          delta_rule_outputs(programs(hw, mode, form, 1, 2), layer.heads, interpreted(hw)), exact);
    };
    EXPECT_LT(error(late), 1e-14);
    EXPECT_LT(error(bf16), 6e-3);
    EXPECT_GT(error(bf16), 1e-4);
  }
  EXPECT_THROW(programs(hw, bf16, DeltaForm::kRightHandSides, 1, 2), InputError);
}

TEST(DeltaRulePrograms, give_what_the_modelling_code_put_out) {
  const HwConfig hw = reference_machine();
  const CapturedLayer layer = captured("layer4", 128);
  const std::vector<RealMatrix> ours = delta_rule_outputs(
      programs(hw, find_rounding_mode("fp32"), DeltaForm::kUt, 1, 2), layer.heads, interpreted(hw));
  // q, k, v and o were stored in fp16: 2^-11 each.
  EXPECT_LT(relative_error(ours, layer.outputs), 1e-3);
}

TEST(DeltaRulePrograms, heads_that_share_a_key_head_give_the_same_bits_as_heads_that_do_not) {
  const HwConfig hw = reference_machine();
  const CapturedLayer layer = captured("layer1", 64);
  const RoundingMode& mode = find_rounding_mode("fla_bf16");
  const auto outputs = [&](int group) {
    return delta_rule_outputs(programs(hw, mode, DeltaForm::kUt, group, 1), layer.heads,
                              interpreted(hw));
  };
  const std::vector<RealMatrix> shared = outputs(2), own = outputs(1);
  for (std::size_t h = 0; h < own.size(); ++h) EXPECT_EQ(shared[h].values, own[h].values);
}

TEST(DeltaRulePrograms, simulated_are_interpreted_bit_for_bit) {
  HwConfig hw = reference_machine();
  hw.sequencer.in_flight = 2;
  hw.vector_unit.units = 3;  // operations of one item overlap where tokens allow it
  hw.vector_unit.result_latency_cycles = 7;
  hw.sequencer.token_latency_cycles = 5;
  const CapturedLayer layer = captured("layer0", 100);
  for (const char* mode : {"fla_bf16", "megagdn_fp16", "llamacpp_fp16"})
    for (const DeltaForm form : kForms) {
      const DeltaPrograms p = programs(hw, find_rounding_mode(mode), form, 2, 2);
      const std::vector<RealMatrix> timed = delta_rule_outputs(p, layer.heads, simulated(hw)),
                                    untimed = delta_rule_outputs(p, layer.heads, interpreted(hw));
      for (std::size_t h = 0; h < timed.size(); ++h)
        EXPECT_EQ(timed[h].values, untimed[h].values) << mode;
    }
}

TEST(DeltaRulePrograms, the_recurrent_step_repeated_is_the_definition) {
  const HwConfig hw = reference_machine();
  const CapturedLayer layer = captured("layer3", 24);
  const DeltaInputs& head = layer.heads[1];
  const Program step = lower_recurrent_step(hw, {64, 128, 128, 1}, find_rounding_mode("fp32"));
  EXPECT_LT(relative_error({testing::repeated_step(step, head, hw)}, {delta_rule_recurrent(head)}),
            1e-6);
}

}  // namespace
}  // namespace tricycle
