// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle stress` tries is what a rule admits, at every point of every family.
#include "workloads/tokens/input_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "models/error.h"
#include "workloads/draw.h"
#include "workloads/inputs.h"
#include "workloads/oracle.h"
#include "workloads/safetensors.h"
#include "workloads/tokens/free_tokens.h"
#include "workloads/tokens/key_families.h"

namespace tricycle {
namespace {

using ::testing::HasSubstr;

/// Corners, the middle, and points between.
std::vector<std::vector<double>> points_of(std::size_t parameters, int between) {
  std::vector<std::vector<double>> points;
  for (const double v : {0.0, 0.5, 1.0}) points.emplace_back(parameters, v);
  for (std::size_t p = 0; p < parameters; ++p) {
    points.emplace_back(parameters, 0.0);
    points.back()[p] = 1;
  }
  Draw draw(7);
  for (int i = 0; i < between; ++i) {
    points.emplace_back();
    for (std::size_t p = 0; p < parameters; ++p) points.back().push_back(draw.uniform());
  }
  return points;
}

/// Calls check(family inputs, tokens) at points of every family under every rule.
template <typename Check>
void at_points(std::int64_t chunk, int between, const Check& check) {
  for (const InputRule& rule : input_rules())
    for (const KeyFamily& family : key_families()) {
      const FamilyInputs inputs(family, rule, chunk, 3);
      for (const auto& point : points_of(inputs.parameters().size(), between))
        check(rule, inputs, inputs.tokens(point));
    }
}

void expect_admissible(const InputRule& rule, const ChunkTokens& t) {
  EXPECT_EQ(reason_against(rule, t), "");
  ASSERT_EQ(t.beta.size(), static_cast<std::size_t>(t.chunk));
  ASSERT_EQ(t.keys.size(), static_cast<std::size_t>(t.chunk * t.width));
  for (std::int64_t i = 0; i < t.chunk; ++i) {
    // In extended precision, with Eigen: not as the code does it.
    const Eigen::Map<const Eigen::VectorXd> key(t.keys.data() + i * t.width, t.width);
    EXPECT_NEAR(static_cast<double>(key.cast<long double>().norm()), 1, 1e-12);
  }
  EXPECT_GT(*std::ranges::min_element(t.beta), 0);
  EXPECT_LE(*std::ranges::max_element(t.beta), rule.beta_most);
  EXPECT_LE(*std::ranges::max_element(t.g), 0);
  EXPECT_TRUE(rule.gated || *std::ranges::min_element(t.g) == 0);
  for (const double factor : t.factors) {
    ASSERT_GT(factor, rule.has_channel_beta() ? 0 : 0.66);
    ASSERT_LE(factor, rule.has_channel_beta() ? 1 : 1.5);
  }
}

TEST(StressInputs, are_admissible_at_every_point_of_every_family) {
  for (const std::int64_t chunk : {8, 33, 64})
    at_points(chunk, 6, [&](const InputRule& rule, const FamilyInputs& of, const ChunkTokens& t) {
      SCOPED_TRACE(std::string(rule.name) + " " + std::string(of.family().name));
      expect_admissible(rule, t);
    });
}

TEST(StressInputs, are_admissible_where_every_token_is_free) {
  at_points(16, 1, [](const InputRule& rule, const FamilyInputs& of, const ChunkTokens& t) {
    SCOPED_TRACE(std::string(rule.name) + " " + std::string(of.family().name));
    const FreeTokens free(rule, t);
    const std::vector<double> start = free.start();
    ASSERT_EQ(start.size(), rule.gated ? 32U : 16U);
    const ChunkTokens same = free.tokens(start);
    for (std::size_t i = 0; i < t.beta.size(); ++i) EXPECT_NEAR(same.beta[i], t.beta[i], 1e-12);
    for (std::size_t i = 0; i < t.g.size(); ++i) EXPECT_NEAR(same.g[i], t.g[i], 1e-12);
    EXPECT_EQ(same.factors, t.factors);
    for (const auto& point : points_of(start.size(), 2))
      expect_admissible(rule, free.tokens(point));
  });
}

// Transitions I - beta k k^T with |1 - beta| <= 1 are contractions, so |T_ij| <= beta_i: a theorem
// that a wrong family, rule or chunk matrix would break.
TEST(StressInputs, have_the_bound_on_the_inverse_that_contractions_prove) {
  at_points(32, 3, [](const InputRule& rule, const FamilyInputs& of, const ChunkTokens& t) {
    if (!rule.matrix_rule().is_bounded) return;
    const std::vector<double> y = Oracle({"", 32, input_matrix(rule, t)}).y();
    for (std::size_t i = 0; i < 32; ++i)
      for (std::size_t j = 0; j < i; ++j)
        ASSERT_LE(std::abs(y[i * 32 + j]), t.beta[i] + 1e-4) << rule.name << of.family().name;
  });
}

TEST(StressInputs, follow_from_their_seed) {
  const InputRule& rule = find_input_rule("gdn");
  for (const KeyFamily& family : key_families()) {
    const FamilyInputs a(family, rule, 16, 1), b(family, rule, 16, 1), c(family, rule, 16, 2);
    const std::vector<double> middle(a.parameters().size(), 0.5);
    EXPECT_EQ(a.tokens(middle).keys, b.tokens(middle).keys);
    EXPECT_EQ(a.tokens(middle).beta, b.tokens(middle).beta);
    EXPECT_NE(a.tokens(middle).keys, c.tokens(middle).keys);
  }
}

TEST(StressInputs, are_refused_where_a_rule_does_not_admit_them) {
  const FamilyInputs family(find_key_family("equal"), find_input_rule("deltanet"), 8, 1);
  const ChunkTokens good = family.tokens(std::vector<double>{1.0});
  const auto reason = [&](std::string_view rule, const auto& change) {
    ChunkTokens tokens = good;
    change(tokens);
    return reason_against(find_input_rule(rule), tokens);
  };
  EXPECT_EQ(reason("deltanet", [](ChunkTokens&) {}), "");
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.keys[0] *= 1.001; }), HasSubstr("2-norm"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.beta[2] = 1.5; }), HasSubstr("(0, 1]"));
  EXPECT_EQ(reason("gdn_beta2", [](ChunkTokens& t) { t.beta[2] = 1.5; }), "");
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.beta[2] = 0; }), HasSubstr("a beta"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.g[1] = 0.1; }), HasSubstr("at most 0"));
  EXPECT_THAT(reason("deltanet", [](ChunkTokens& t) { t.g[1] = -0.1; }), HasSubstr("not 0"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.g[1] = std::nan(""); }), HasSubstr("a gate"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.feedback = 2; }), HasSubstr("feedback"));
  EXPECT_THAT(reason("kda", [](ChunkTokens&) {}), HasSubstr("sizes"));
}

TEST(StressInputs, stand_in_a_file_as_problems_read_it) {
  const auto path = std::filesystem::temp_directory_path() / "tricycle_stress_inputs.safetensors";
  for (const InputRule& rule : input_rules())
    for (const KeyFamily& family : key_families()) {
      const FamilyInputs inputs(family, rule, 16, 1);
      const ChunkTokens t = inputs.tokens(std::vector<double>(inputs.parameters().size(), 0.3));
      std::ofstream(path, std::ios::binary) << to_safetensors(input_tensors(rule, t));
      Problem problem;
      problem.chunk = 16;
      problem.file = path.string();
      problem.input = rule.captured ? InputKind::kCaptured : InputKind::kMatrices;
      const Inputs read = make_inputs(problem);
      ASSERT_EQ(read.chunks.size(), 1U);
      EXPECT_EQ(read.note, "");
      EXPECT_EQ(read.chunks[0].a, input_matrix(rule, t)) << rule.name << " " << family.name;
    }
  std::filesystem::remove(path);
}

TEST(StressInputs, unknown_names_are_told_with_what_is_meant) {
  const auto message = [](const auto& find) -> std::string {
    try {
      find();
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message([] { find_input_rule("gdm"); }), HasSubstr("did you mean \"gdn\"?"));
  EXPECT_THAT(message([] { find_key_family("colinear"); }), HasSubstr("\"collinear\""));
  EXPECT_THAT(message([] { find_key_family("zzzzzzzz"); }), HasSubstr("expected one of equal"));
}

}  // namespace
}  // namespace tricycle
