// SPDX-License-Identifier: Apache-2.0
#include "sim/host/messages.h"

#include <gtest/gtest.h>

#include <string>

namespace tricycle {
namespace {

TEST(Messages, what_a_terminal_may_take_for_a_command_is_written_out) {
  EXPECT_EQ(printable("plain, \"quoted\" text"), "plain, \"quoted\" text");
  EXPECT_EQ(printable("caf\u00e9 \u6f22 \U0001F600"), "caf\u00e9 \u6f22 \U0001F600");
  EXPECT_EQ(printable("a\nb\tc\x1b[2J\x7f"), "a\\x0ab\\x09c\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\u009b2J"), "\\xc2\\x9b2J") << "C1: a control sequence in two bytes";
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable(std::string("\0", 1)), "\\x00");
  EXPECT_TRUE(has_control("a\rb"));
  EXPECT_TRUE(has_control("\u0085"));
  EXPECT_FALSE(has_control("\u00a0 caf\u00e9"));
}

TEST(Messages, utf8_is_that_of_rfc_3629) {
  for (const char* text : {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(text)) << printable(text);
  for (const char* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xe1\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf1\x80\x80"})
    EXPECT_FALSE(is_utf8(text)) << printable(text);
}

}  // namespace
}  // namespace tricycle
