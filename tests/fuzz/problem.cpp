// SPDX-License-Identifier: Apache-2.0
//
// A problem's YAML file.
#include "sim/config/load_problem.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_problem(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("mine.yaml");
  file.write(data, size);
  fuzz::expect_read_or_refused([] { load_problem(file.path()); });
  fuzz::expect_read_or_refused([] { load_layer(file.path()); });
}
