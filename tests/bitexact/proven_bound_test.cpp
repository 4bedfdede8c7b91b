// SPDX-License-Identifier: Apache-2.0
//
// The bounds are theorems: no input exceeds one, and they are of some use.
#include "sim/stress/proven_bound.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/config/load_hw.h"
#include "sim/host/shipped_files.h"
#include "workloads/draw.h"
#include "workloads/reference_machine.h"
#include "workloads/tokens/key_families.h"

namespace tricycle {
namespace {

StressCase case_of(const HwConfig& hw, const char* algorithm, Format format, std::int64_t chunk,
                   const std::vector<std::string>& set = {}) {
  return {hw, find_algorithm(algorithm), parse_algorithm_options(set), format, chunk, std::nullopt};
}

/// Of what was tried: how many inputs, and the least and largest bound over the error.
struct Tried {
  int inputs = 0, refused = 0;
  double least = 1e300, most = 0;

  void add(const StressCase& of, std::vector<double> a) {
    const ChunkMatrix m{"", of.chunk(), std::move(a)};
    const Inverted result = of.invert(m);
    const auto bound = proven_bound(of, m, result);
    if (!bound) {
      ++refused;
      return;
    }
    ++inputs;
    ASSERT_LE(result.accuracy.y_rel_error, *bound)
        << of.algorithm().name << " " << name(of.format()) << " " << of.chunk();
    const double ratio = *bound / result.accuracy.y_rel_error;
    least = std::min(least, ratio);
    most = std::max(most, ratio);
  }
};

void try_families(const StressCase& of, const InputRule& rule, int points, Tried& tried) {
  Draw draw(3);
  for (const KeyFamily& family : key_families())
    for (int n = 0; n < points; ++n) {
      const FamilyInputs inputs(family, rule, of.chunk(), static_cast<std::uint64_t>(n));
      std::vector<double> point(inputs.parameters().size());
      for (double& v : point) v = draw.uniform();
      tried.add(of, input_matrix(rule, inputs.tokens(point)));
    }
}

/// Entries that no rule admits: of any sign, sparse, or of one size.
void try_any(const StressCase& of, int count, Tried& tried) {
  Draw draw(4);
  const auto size = static_cast<std::size_t>(of.chunk());
  for (int n = 0; n < count; ++n) {
    std::vector<double> a(size * size, 0.0);
    const double most = std::ldexp(1.0, -(n % 12)), kept = n % 3 == 0 ? 0.2 : 1;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (draw.uniform() < kept)
          a[i * size + j] =
              most * (n % 4 == 1 ? (i + j) % 2 == 0 ? 1 : -1 : 2 * draw.uniform() - 1);
    tried.add(of, std::move(a));
  }
}

struct BoundRow {
  const char* algorithm;
  std::vector<std::string> set;
};
const BoundRow kRows[] = {{"forward_substitution", {}},
                          {"block_doubling", {}},
                          {"blocked_substitution", {}},
                          {"blocked_substitution", {"block=4"}},
                          {"block_nested", {}},
                          {"block_nested", {"block=2", "first_join=4"}},
                          {"block_nested", {"block=8", "join=2"}}};

TEST(ProvenBound, no_error_exceeds_it_on_thousands_of_inputs_of_every_kind) {
  const HwConfig hw = reference_machine();
  int inputs = 0;
  for (const BoundRow& row : kRows)
    for (const Format format : {Format::kFp16, Format::kBf16, Format::kFp32})
      for (const std::int64_t chunk : {24, 32, 64}) {
        const StressCase of = case_of(hw, row.algorithm, format, chunk, row.set);
        Tried tried;
        for (const char* rule : {"gdn", "deltanet_beta2"})
          try_families(of, find_input_rule(rule), chunk == 64 ? 2 : 4, tried);
        try_any(of, chunk == 64 ? 6 : 24, tried);
        EXPECT_GT(tried.inputs, 2 * tried.refused) << row.algorithm << " " << name(format);
        // In fp32 sums round as coarsely as storage, and gamma counts all their roundings.
        EXPECT_LT(tried.least, format == Format::kFp32 ? 1000 : 10)
            << row.algorithm << " " << name(format) << " " << chunk;
        inputs += tried.inputs;
      }
  EXPECT_GT(inputs, 4000);
}

TEST(ProvenBound, holds_on_machines_that_round_and_add_in_other_ways) {
  for (const char* machine : {"hexagon_like", "ascend_910b_like", "edge_16x16", "h200_sm"})
    for (const BoundRow& row : kRows) {
      const HwConfig hw = load_hw_config(shipped(std::string("hwconfigs/") + machine + ".yaml"));
      for (const Format format : {Format::kFp16, Format::kBf16}) {
        if (!hw.support(format).present) continue;
        Tried tried;
        try_families(case_of(hw, row.algorithm, format, 32, row.set), find_input_rule("gdn_beta2"),
                     3, tried);
      }
    }
}

TEST(ProvenBound, says_something_where_blocks_hold) {
  // On the input that stress finds worst of block_doubling (equal keys): within a few hundred
  // times.
  const HwConfig hw = reference_machine();
  const InputRule& rule = find_input_rule("gdn");
  for (const char* algorithm : {"block_doubling", "blocked_substitution", "block_nested"}) {
    const StressCase of = case_of(hw, algorithm, Format::kFp16, 64);
    const FamilyInputs inputs(find_key_family("equal"), rule, 64, 1);
    Tried tried;
    for (const double beta : {0.3, 0.6, 0.9}) {
      std::vector<double> point(inputs.parameters().size(), 0.0);
      point[0] = beta;
      tried.add(of, input_matrix(rule, inputs.tokens(point)));
    }
    EXPECT_EQ(tried.inputs, 3);
    EXPECT_LT(tried.most, 300) << algorithm;
  }
}

TEST(ProvenBound, there_is_none_where_the_theorem_does_not_hold) {
  const InputRule& rule = find_input_rule("gdn");
  const FamilyInputs inputs(find_key_family("equal"), rule, 16, 1);
  const ChunkMatrix a{"", 16, input_matrix(rule, inputs.tokens(std::vector<double>{0.5, 0.5}))};
  const auto has_bound = [&](const HwConfig& hw, const char* algorithm, Format format,
                             const std::vector<std::string>& set = {}) {
    const StressCase of = case_of(hw, algorithm, format, 16, set);
    return proven_bound(of, a, of.invert(a)).has_value();
  };
  HwConfig hw = reference_machine();
  EXPECT_TRUE(has_bound(hw, "block_doubling", Format::kFp16));
  EXPECT_FALSE(has_bound(hw, "masked_newton", Format::kFp16));
  EXPECT_FALSE(has_bound(hw, "block_doubling", Format::kInt8));
  EXPECT_FALSE(has_bound(hw, "blocked_substitution", Format::kBf16, {"blocks=fp32"}));
  EXPECT_FALSE(has_bound(hw, "block_nested", Format::kFp16, {"block=2", "first_join=8"}));
  hw.formats[static_cast<std::size_t>(Format::kFp16)].rounding = Rounding::kTowardZero;
  EXPECT_FALSE(has_bound(hw, "block_doubling", Format::kFp16));
}

}  // namespace
}  // namespace tricycle
