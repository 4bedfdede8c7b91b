// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

// libsystemc exports a main that calls this one: with an own main, the linker never takes it,
// whatever the order of libraries.
extern "C" int sc_main(int, char**) { return 1; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
