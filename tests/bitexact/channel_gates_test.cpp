// SPDX-License-Identifier: Apache-2.0
//
// The delta rule with gates of every channel (KDA), stage by stage, against the token-by-token
// definition in double.
#include "workloads/gated_deltanet/channel_gates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/error.h"
#include "tests/bitexact/captured_heads.h"
#include "workloads/algorithm.h"
#include "workloads/draw.h"
#include "workloads/gated_deltanet/stage_builder.h"
#include "workloads/reference_machine.h"

namespace tricycle {
namespace {

using testing::definition;
using testing::relative_error;
using testing::simulated;

auto captured(const std::string& layer, std::int64_t tokens) {
  return testing::captured_in(
      TRICYCLE_SOURCE_DIR "/workloads/data/gdn_lm/captured_acts.safetensors", layer, tokens);
}

constexpr int kWidth = 128;

/// Captured q, k, v and beta with drawn gates down to `bound`: channels that keep for long beside
/// channels that forget at once.
std::vector<DeltaInputs> channel_heads(std::int64_t tokens, double bound) {
  std::vector<DeltaInputs> heads = captured("layer2", tokens).heads;
  Draw draw(5);
  for (DeltaInputs& head : heads) {
    std::vector<double> slope(kWidth);
    for (double& v : slope) v = draw.uniform(-6, 2);
    head.g.clear();
    for (std::int64_t t = 0; t < tokens; ++t)
      for (const double v : slope) head.g.push_back(bound / (1 + std::exp(-v - draw.normal())));
  }
  return heads;
}

int chunk_of(const ChannelGateVariant& variant) {
  return variant.most_chunk > 0 ? variant.most_chunk : 64;
}

DeltaPrograms channel_programs(const HwConfig& hw, const RoundingMode& mode, DeltaForm form,
                               const ChannelGateVariant& variant, std::int64_t tokens, int chunk) {
  const Algorithm& inversion = find_algorithm("block_doubling");
  const DeltaShape shape{chunk, kWidth, kWidth, 1, variant.id};
  const int size = solve_size(chunk, form);
  return lower_delta_rule(
      hw, shape, mode, form, static_cast<int>((tokens + chunk - 1) / chunk),
      lower(inversion, resolve_parameters(inversion, size, {}), size, mode.a, hw));
}

struct ExpectedError {
  const char* mode;
  double error;
};
constexpr ExpectedError kErrors[] = {
    {"fp64", 1e-13}, {"fp32", 1e-6}, {"fla_bf16", 6e-3}, {"flashkda_bf16", 1e-2}};

class ChannelGateModes : public ::testing::TestWithParam<ExpectedError> {};

TEST_P(ChannelGateModes, equal_the_definition_in_every_variant_and_form) {
  const HwConfig hw = reference_machine();
  const RoundingMode& mode = find_rounding_mode(GetParam().mode);
  for (const ChannelGateVariant& variant : channel_gate_variants()) {
    // A token's gates may be 80 apart over a chunk of 64, no more.
    const double bound = variant.id == ChannelGates::kOffset ? -1 : -5;
    const std::vector<DeltaInputs> heads = channel_heads(100, bound);
    const std::vector<RealMatrix> exact = definition(heads);
    for (const DeltaForm form : {DeltaForm::kUt, DeltaForm::kDelta, DeltaForm::kRightHandSides}) {
      const double error = relative_error(
          delta_rule_outputs(channel_programs(hw, mode, form, variant, 100, chunk_of(variant)),
                             heads, interpreted(hw)),
          exact);
      EXPECT_LT(error, GetParam().error) << variant.name;
      EXPECT_GT(error, GetParam().error / 1000) << variant.name;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Modes, ChannelGateModes, ::testing::ValuesIn(kErrors),
                         [](const auto& row) { return std::string(row.param.mode); });

TEST(ChannelGates, simulated_are_interpreted_bit_for_bit) {
  HwConfig hw = reference_machine();
  hw.sequencer.in_flight = 2;
  hw.vector_unit.units = 3;
  const std::vector<DeltaInputs> heads = channel_heads(64, -1);
  for (const ChannelGateVariant& variant : channel_gate_variants()) {
    const DeltaPrograms p = channel_programs(hw, find_rounding_mode("fla_bf16"), DeltaForm::kDelta,
                                             variant, 64, chunk_of(variant));
    const std::vector<RealMatrix> timed = delta_rule_outputs(p, heads, simulated(hw)),
                                  untimed = delta_rule_outputs(p, heads, interpreted(hw));
    for (std::size_t h = 0; h < timed.size(); ++h)
      EXPECT_EQ(timed[h].values, untimed[h].values) << variant.name;
  }
}

/// The error of A of one chunk with the same gate in all channels of all tokens; infinite where an
/// entry is not finite.
double error_of_a(ChannelGates gates, int chunk, double gate) {
  const HwConfig hw = reference_machine();
  std::vector<DeltaInputs> heads = captured("layer2", chunk).heads;
  heads.resize(1);
  heads[0].g.assign(static_cast<std::size_t>(chunk * kWidth), gate);
  const RoundingMode& mode = find_rounding_mode("fp32");
  const auto a_of = [&](ChannelGates variant) {
    const Program p = lower_kkt(hw, {chunk, kWidth, kWidth, 1, variant}, mode);
    MachineState state = make_state(p);
    write_input(p, buffer_named(p, "K"), heads[0].k.values, state);
    write_input(p, buffer_named(p, "g0"), heads[0].g, state);
    write_input(p, buffer_named(p, "beta0"), heads[0].beta, state);
    interpret(p, hw, state);
    return read_real(p, buffer_named(p, "A0"), state);
  };
  const std::vector<double> exact = a_of(ChannelGates::kDifference), a = a_of(gates);
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(a[i] - exact[i], 2);
    size += std::pow(exact[i], 2);
  }
  return std::isfinite(difference) ? std::sqrt(difference / size)
                                   : std::numeric_limits<double>::infinity();
}

TEST(ChannelGates, break_where_the_range_rule_says) {
  // e^x of fp32 is finite up to 88.7: anchored before the first token, x reaches |g| C; in the
  // middle, half of it.  A needs no column of the last token and no row of the first, so it bears
  // a gate more than the output does.
  EXPECT_NEAR(largest_exponent(Format::kFp32), 88.72, 0.01);
  EXPECT_NEAR(largest_exponent(Format::kBf16), 88.72, 0.01);
  EXPECT_NEAR(largest_exponent(Format::kFp16), 11.09, 0.01);
  EXPECT_LT(error_of_a(ChannelGates::kC16, 16, -88.0 / 15), 1e-4);
  EXPECT_FALSE(std::isfinite(error_of_a(ChannelGates::kC16, 16, -89.0 / 15)));
  EXPECT_LT(error_of_a(ChannelGates::kC16, 16, -5), 1e-5);
  EXPECT_LT(error_of_a(ChannelGates::kMid32, 32, -5), 1e-5);
  EXPECT_FALSE(std::isfinite(error_of_a(ChannelGates::kMid32, 64, -5)));  // cudnn-frontend 1017
  EXPECT_LT(error_of_a(ChannelGates::kBlocks16, 64, -50), 1e-5);
  EXPECT_LT(error_of_a(ChannelGates::kBlocks16Tc, 64, -88.0 / 8), 1e-5);
  EXPECT_FALSE(std::isfinite(error_of_a(ChannelGates::kBlocks16Tc, 64, -89.0 / 7)));
}

TEST(ChannelGates, are_refused_where_they_would_break) {
  const auto refuses = [](const char* variant, int chunk, double bound, Format factors) {
    try {
      check_channel_gates(find_channel_gates(variant), chunk, bound, factors);
      return false;
    } catch (const InputError&) {
      return true;
    }
  };
  EXPECT_FALSE(refuses("c16", 16, -5, Format::kBf16));
  EXPECT_TRUE(refuses("c16", 16, -5, Format::kFp16));
  EXPECT_TRUE(refuses("c16", 16, -5.6, Format::kBf16));
  EXPECT_TRUE(refuses("c16", 32, -1, Format::kFp32));  // not made for it
  EXPECT_FALSE(refuses("mid32", 32, -5, Format::kFp32));
  EXPECT_TRUE(refuses("mid32", 32, -5.6, Format::kFp32));
  EXPECT_TRUE(refuses("mid32", 32, 0, Format::kFp32));  // softplus: no bound
  EXPECT_FALSE(refuses("blocks16", 128, 0, Format::kFp16));
  EXPECT_FALSE(refuses("difference", 128, 0, Format::kFp16));
  EXPECT_THROW(find_channel_gates("blocks"), InputError);
}

TEST(ChannelGates, the_recurrent_step_repeated_is_the_definition) {
  const HwConfig hw = reference_machine();
  const DeltaInputs head = channel_heads(24, -5)[1];
  const DeltaShape shape{64, kWidth, kWidth, 1, ChannelGates::kDifference};
  const Program step = lower_recurrent_step(hw, shape, find_rounding_mode("fp32"));
  EXPECT_LT(relative_error({testing::repeated_step(step, head, hw)}, {delta_rule_recurrent(head)}),
            1e-6);
}

}  // namespace
}  // namespace tricycle
