// SPDX-License-Identifier: Apache-2.0
//
// A resolved run (config.resolved.yaml), and that what is written again reads back to the same.
#include "sim/config/run_file.h"

#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_run_file(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("run.yaml"), again("again.yaml");
  file.write(data, size);
  fuzz::expect_read_or_refused([] {
    const std::string text = dump_run(load_run(file.path()), {}, fuzz::folder());
    again.write(text);
    if (dump_run(load_run(again.path()), {}, fuzz::folder()) != text) std::abort();
  });
}
