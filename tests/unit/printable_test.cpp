// SPDX-License-Identifier: Apache-2.0
#include "models/printable.h"

#include <gtest/gtest.h>

#include "reports/text_table.h"

namespace tricycle {
namespace {

TEST(Printable, what_turns_or_hides_text_is_escaped_as_controls_are) {
  EXPECT_EQ(printable("a\n\u202Ecod.exe"), "a\\x0a\\xe2\\x80\\xaecod.exe");
  EXPECT_EQ(printable("\u2066x"), "\\xe2\\x81\\xa6x");
  EXPECT_EQ(printable("a\u200Bb\uFEFF"), "a\\xe2\\x80\\x8bb\\xef\\xbb\\xbf");
  EXPECT_EQ(printable("a\u2028b"), "a\\xe2\\x80\\xa8b");
  EXPECT_EQ(printable("\U000E0041"), "\\xf3\\xa0\\x81\\x81");
}

TEST(Printable, all_other_text_stays) {
  const std::string text = "C:\\a b/\u00E9\u6F22\u03BC\U0001F600\"'";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable(printable("\x1B")), printable("\x1B"));
  EXPECT_EQ(find_unprintable(text), std::string::npos);
  EXPECT_EQ(find_unprintable("ab\x1B"), 2U);
  EXPECT_EQ(find_unprintable("ab\xFF"), 2U);
  EXPECT_EQ(code_point("\U0001F600"), 0x1F600U);
}

TEST(Printable, an_excerpt_says_how_much_there_is) {
  EXPECT_EQ(excerpt("short"), "short");
  EXPECT_EQ(excerpt(std::string(1000, 'x')), std::string(60, 'x') + ".. (1000 bytes)");
  EXPECT_EQ(excerpt("\u6F22\u6F22\u6F22", 2), "\u6F22\u6F22.. (9 bytes)");
}

TEST(Printable, the_cells_of_a_table_are_printable) {
  const std::string table = text_table({{"name", "", false}}, {{"\x1B[2J\nline"}});
  EXPECT_EQ(table, "name\n\\x1b[2J\\x0aline\n");
}

}  // namespace
}  // namespace tricycle
