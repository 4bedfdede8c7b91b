// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "models/error.h"
#include "sim/cli/cli.h"

// SystemC's library has a main of its own that calls this; ours below is the one that runs.
extern "C" int sc_main(int, char**) { return 1; }

int main(int argc, char** argv) {
  try {
    return tricycle::cli(argc, argv);
  } catch (const tricycle::InputError& error) {
    for (const std::string& line : error.messages()) fmt::print(stderr, "tricycle: {}\n", line);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tricycle: {}\n", error.what());
    return 1;
  }
}
