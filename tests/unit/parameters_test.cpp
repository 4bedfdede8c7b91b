// SPDX-License-Identifier: Apache-2.0
//
// The parameters that algorithms declare.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/error.h"
#include "workloads/algorithm.h"

namespace tricycle {
namespace {

using ::testing::ElementsAre;

TEST(Parameters, of_one_name_are_the_same_whatever_algorithm_has_them) {
  for (const Algorithm& algorithm : algorithms())
    for (const Parameter& own : algorithm.parameters) {
      const Parameter& row = find_parameter(own.key);
      EXPECT_EQ(own.symbol, row.symbol) << algorithm.name << " " << own.key;
      EXPECT_EQ(own.values, row.values) << algorithm.name << " " << own.key;
      EXPECT_EQ(own.meaning, row.meaning) << algorithm.name << " " << own.key;
      EXPECT_EQ(own.words, row.words) << algorithm.name << " " << own.key;
      EXPECT_EQ(own.bounds_others, row.bounds_others) << algorithm.name << " " << own.key;
      EXPECT_EQ(own.is_axis, row.is_axis) << algorithm.name << " " << own.key;
      EXPECT_TRUE(own.usual && own.candidates) << algorithm.name << " " << own.key;
      EXPECT_TRUE(own.words.empty() == static_cast<bool>(own.range)) << own.key;
    }
}

constexpr ParameterKey<int> kWidth{"width"};
constexpr ParameterKey<bool> kTwice{"twice"};

/// An algorithm of a test, whose parameters nothing else knows.
Algorithm invented() {
  Parameter width{.key = kWidth.name,
                  .symbol = "width",
                  .values = "",
                  .meaning = "",
                  .usual = [](int chunk, const ParameterValues&) { return chunk / 2; },
                  .range =
                      [](int chunk, const ParameterValues&) {
                        return ParameterRange{1, chunk, "here"};
                      },
                  .candidates =
                      [](int, const ParameterValues&) {
                        return std::vector<int>{2, 4};
                      }};
  Parameter twice{.key = kTwice.name,
                  .symbol = "twice",
                  .values = "",
                  .meaning = "",
                  .words = kFlagWords,
                  .usual = first_word,
                  .candidates =
                      [](int, const ParameterValues&) {
                        return std::vector<int>{0, 1};
                      },
                  .unsaid = is_first_word(kTwice)};
  return {.name = "invented",
          .summary = "",
          .source = "",
          .parameters = {std::move(width), std::move(twice)},
          .lower = nullptr};
}

TEST(Parameters, follow_from_the_row_alone) {
  const Algorithm algorithm = invented();
  EXPECT_THAT(algorithm.keys(), ElementsAre("width", "twice"));
  const AlgorithmParameters usual = resolve_parameters(algorithm, 16, {});
  EXPECT_EQ(to_text(algorithm, usual), "width=8");
  EXPECT_FALSE(usual.get(kTwice));
  ParameterValues given;
  given.set(kTwice, true).set(kWidth, 3);
  EXPECT_EQ(to_text(algorithm, resolve_parameters(algorithm, 16, given)), "width=3 twice=true");
  EXPECT_EQ(parse_parameter(algorithm.parameters[1], "true"), 1);
  EXPECT_EQ(candidate_options(algorithm, 16, {}).size(), 4U);
  given.set(kWidth, 17);
  try {
    resolve_parameters(algorithm, 16, given);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "algorithm.width: expected integer in [1, 16] here, got 17");
  }
}

}  // namespace
}  // namespace tricycle
