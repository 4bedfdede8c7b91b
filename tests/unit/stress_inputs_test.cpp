// SPDX-License-Identifier: Apache-2.0
//
// What `tricycle stress` tries is what a rule admits, at every point of every family.
#include "workloads/stress_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "models/error.h"
#include "workloads/gated_deltanet_inputs.h"
#include "workloads/key_families.h"
#include "workloads/oracle.h"
#include "workloads/safetensors.h"

namespace tricycle {
namespace {

using ::testing::HasSubstr;
using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Corners, the middle, and points between.
std::vector<std::vector<double>> points_of(std::size_t parameters, int between) {
  std::vector<std::vector<double>> points;
  for (const double v : {0.0, 0.5, 1.0}) points.emplace_back(parameters, v);
  for (std::size_t p = 0; p < parameters; ++p) {
    points.emplace_back(parameters, 0.0);
    points.back()[p] = 1;
  }
  PortableDraw draw(7);
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

TEST(StressInputs, are_admissible_at_every_point_of_every_family) {
  for (const std::int64_t chunk : {8, 33, 64})
    at_points(chunk, 8, [&](const InputRule& rule, const FamilyInputs& of, const ChunkTokens& t) {
      SCOPED_TRACE(std::string(rule.name) + " " + std::string(of.family().name));
      EXPECT_EQ(reason_against(rule, t), "");
      ASSERT_EQ(t.beta.size(), static_cast<std::size_t>(chunk));
      ASSERT_EQ(t.keys.size(), static_cast<std::size_t>(chunk * t.width));
      for (std::int64_t i = 0; i < chunk; ++i) {
        // In extended precision, with Eigen: not as the code does it.
        const Eigen::Map<const Eigen::VectorXd> key(t.keys.data() + i * t.width, t.width);
        EXPECT_NEAR(static_cast<double>(key.cast<long double>().norm()), 1, 1e-12);
        EXPECT_GT(t.beta[static_cast<std::size_t>(i)], 0);
        EXPECT_LE(t.beta[static_cast<std::size_t>(i)], rule.beta_most);
        EXPECT_LE(t.g[static_cast<std::size_t>(i)], 0);
        EXPECT_TRUE(rule.gated || t.g[static_cast<std::size_t>(i)] == 0);
      }
    });
}

// Transitions I - beta k k^T with |1 - beta| <= 1 are contractions, so |T_ij| <= beta_i: a theorem
// that a wrong family, rule or chunk matrix would break.
TEST(StressInputs, have_the_bound_on_the_inverse_that_contractions_prove) {
  at_points(32, 4, [](const InputRule& rule, const FamilyInputs& of, const ChunkTokens& t) {
    const std::vector<double> y = Oracle({"", 32, rule.matrix(t)}).y();
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
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.beta[2] = 0; }), HasSubstr("beta 2"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.g[1] = 0.1; }), HasSubstr("at most 0"));
  EXPECT_THAT(reason("deltanet", [](ChunkTokens& t) { t.g[1] = -0.1; }), HasSubstr("not 0"));
  EXPECT_THAT(reason("gdn", [](ChunkTokens& t) { t.g[1] = std::nan(""); }), HasSubstr("g 1"));
}

TEST(StressInputs, stand_in_a_file_as_captured_chunks_read_it) {
  const auto path = std::filesystem::temp_directory_path() / "tricycle_stress_inputs.safetensors";
  const InputRule& rule = find_input_rule("gdn");
  for (const KeyFamily& family : key_families()) {
    const FamilyInputs inputs(family, rule, 16, 1);
    const ChunkTokens tokens = inputs.tokens(std::vector<double>(inputs.parameters().size(), 0.3));
    std::ofstream(path, std::ios::binary) << to_safetensors(rule.tensors(tokens));
    const CapturedChunks read = captured_chunks(path.string(), 16);
    ASSERT_EQ(read.chunks.size(), 1U);
    EXPECT_EQ(read.note, "");
    EXPECT_EQ(read.chunks[0].a, rule.matrix(tokens)) << family.name;
  }
  std::filesystem::remove(path);
}

TEST(StressInputs, the_norm_is_the_largest_singular_value) {
  at_points(24, 3, [](const InputRule& rule, const FamilyInputs&, const ChunkTokens& t) {
    const std::vector<double> a = rule.matrix(t);
    const Eigen::Map<const RowMajorMatrix> matrix(a.data(), 24, 24);
    const double largest = Eigen::JacobiSVD<RowMajorMatrix>(matrix).singularValues()(0);
    const double found = norm2(a, 24);
    EXPECT_LE(found, largest * (1 + 1e-12));
    EXPECT_GE(found, largest * (1 - 2e-3));
  });
  EXPECT_EQ(norm2(std::vector<double>(16, 0.0), 4), 0);
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
