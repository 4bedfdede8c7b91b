// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "models/error.h"
#include "sim/cli/cli.h"

// SystemC's library has a main of its own that calls this; ours below is the one that runs.
extern "C" int sc_main(int, char**) { return 1; }

namespace {

/// Results that did not get through, such as to a full disk, are no success.
void flush_results() {
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw tricycle::RunError(fmt::format("cannot write all results ({})", std::strerror(errno)));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kRunFailed = 1, kWrongInput = 2;
  try {
    const int status = tricycle::cli(argc, argv);
    flush_results();
    return status;
  } catch (const tricycle::InputError& error) {
    for (const std::string& line : error.messages()) fmt::print(stderr, "tricycle: {}\n", line);
    return kWrongInput;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tricycle: {}{}\n", std::ferror(stdout) != 0 ? "stdout: " : "",
               error.what());
    return kRunFailed;
  }
}
