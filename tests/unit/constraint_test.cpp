// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/constraint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "models/error.h"

namespace tricycle {
namespace {

using ::testing::HasSubstr;

class ConstraintTest : public ::testing::Test {
 protected:
  static std::optional<KeyKind> kind(std::string_view key) {
    if (key == "rows" || key == "cols") return KeyKind{Quantity::kCount, {}};
    if (key == "size") return KeyKind{Quantity::kBytes, {}};
    if (key == "rate") return KeyKind{Quantity::kBytesPerCycle, {}};
    if (key == "latency") return KeyKind{Quantity::kCycles, {}};
    if (key == "format") return KeyKind{std::nullopt, {"fp16", "int8"}};
    return std::nullopt;
  }
  static Constraint parse(const std::string& text) {
    return {text, {kind, [](std::string_view) { return std::string(" (no such)"); }}};
  }
  /// rows 8, cols 16, size 4096 B, rate 64 B/cycle, latency 10, format fp16.
  static bool holds(const std::string& text) {
    return parse(text).holds([](const std::string& key) -> KeyValue {
      if (key == "format") return std::string("fp16");
      return key == "rows"   ? 8.0
             : key == "cols" ? 16.0
             : key == "size" ? 4096.0
             : key == "rate" ? 64.0
                             : 10.0;
    });
  }
  static std::string fault(const std::string& text) {
    try {
      parse(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "none";
  }
};

TEST_F(ConstraintTest, products_bind_closer_than_sums_and_both_to_the_left) {
  EXPECT_TRUE(holds("rows + cols * 2 == 40"));
  EXPECT_TRUE(holds("(rows + cols) * 2 == 48"));
  EXPECT_TRUE(holds("cols / rows / 2 == 1"));
  EXPECT_TRUE(holds("cols - rows - 2 == 6"));
  EXPECT_FALSE(holds("rows > 8"));
  EXPECT_TRUE(holds("rows >= 8"));
  EXPECT_TRUE(holds("rows != cols"));
}

TEST_F(ConstraintTest, units_are_scaled_and_must_agree) {
  EXPECT_TRUE(holds("size == 4 KiB"));
  EXPECT_TRUE(holds("size <= 4096"));
  EXPECT_TRUE(holds("rate * latency < 1 KiB")) << "64 B/cycle x 10 cycles = 640 B";
  EXPECT_TRUE(holds("rate == 64 B/cycle"));
  EXPECT_THAT(fault("size >= 1 GHz"), HasSubstr("the same unit"));
  EXPECT_THAT(fault("size + rows > 1"), HasSubstr("the same unit"));
  EXPECT_EQ(fault("size * rows > 1"), "none");
}

TEST_F(ConstraintTest, words_are_compared_for_equality_alone) {
  EXPECT_TRUE(holds("format == fp16"));
  EXPECT_TRUE(holds("format != int8"));
  EXPECT_THAT(fault("format < int8"), HasSubstr("expected == or !="));
  EXPECT_THAT(fault("format == fp17"), HasSubstr("expected one of fp16, int8"));
  EXPECT_THAT(fault("format == 3"), HasSubstr("expected a number"));
}

TEST_F(ConstraintTest, a_division_by_zero_anywhere_fulfils_nothing_but_unequal) {
  for (const std::string text :
       {"rows / (cols - 16) @ 1", "0 - rows / (cols - 16) @ 1", "0 / (cols - 16) @ 1",
        "1 @ rows / 0", "1 / (rows / (cols - 16)) @ 0", "min(1, rows / 0) @ 1", "max(1, 0 / 0) @ 1",
        "0 * (rows / 0) @ 0", "rows / 0 @ rows / 0", "ceil(rows / 0) @ 8"})
    for (const std::string comparison : {"<", "<=", "==", ">=", ">", "!="}) {
      std::string constraint = text;
      constraint.replace(constraint.find('@'), 1, comparison);
      EXPECT_EQ(holds(constraint), comparison == "!=") << constraint;
    }
}

TEST_F(ConstraintTest, functions_take_numbers_of_one_unit) {
  EXPECT_TRUE(holds("min(rows, cols, 12) == 8"));
  EXPECT_TRUE(holds("max(rows, cols, 12) == 16"));
  EXPECT_TRUE(holds("ceil(cols / 3) * floor(cols / 3) == 30"));
  EXPECT_TRUE(holds("max(size, 1 KiB) == 4 KiB"));
  EXPECT_THAT(fault("max(size, rows) > 1"), HasSubstr("the same unit"));
  EXPECT_THAT(fault("min(format, rows) > 1"), HasSubstr("expected a number"));
  EXPECT_THAT(fault("ceil(rows, 2) > 1"), HasSubstr("expected \")\""));
  EXPECT_THAT(fault("min < 1"), HasSubstr("unknown key"));
}

TEST_F(ConstraintTest, what_is_no_comparison_is_refused) {
  for (const char* text : {"", "rows", "rows <", "< rows", "rows < 3 < 4", "rows = 3", "(rows < 3",
                           "rows < 3)", "rows ** 2 < 3", "3x < rows", "rows < 1e999"})
    EXPECT_NE(fault(text), "none") << text;
  EXPECT_NE(fault(std::string(100, '(') + "rows" + std::string(100, ')') + " < 3"), "none");
}

}  // namespace
}  // namespace tricycle
