// SPDX-License-Identifier: Apache-2.0
//
// What a run tells of itself while it takes long, and before it takes too much.
#include "sim/host/host_memory.h"

#include <gtest/gtest.h>

#include "models/error.h"
#include "sim/cli/slow_run.h"

namespace tricycle {
namespace {

TEST(SlowRun, says_how_far_it_is_and_what_is_left) {
  EXPECT_EQ(slow_run_line(0, 0, 12), "still at work, 12 s");
  EXPECT_EQ(slow_run_line(0, 1000, 12), "0 of 1000 chunks, 12 s");
  EXPECT_EQ(slow_run_line(240, 1000, 24), "240 of 1000 chunks, 24 s, about 76 s left");
}

TEST(HostMemory, refuses_what_no_host_holds_and_says_what_to_choose) {
  check_host_memory("a byte", 1, "");
  try {
    check_host_memory("the values", 1e18, "choose fewer");
    FAIL() << "1e18 B fit";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("the values take 931322575 GiB, this host has "),
              std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("choose fewer"), std::string::npos);
  }
}

}  // namespace
}  // namespace tricycle
