// SPDX-License-Identifier: Apache-2.0
//
// Cost tables' YAML file.
#include "sim/config/load_costs.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_costs(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("costs.yaml");
  file.write(data, size);
  fuzz::expect_read_or_refused([] { load_cost_tables(file.path()); });
}
