// SPDX-License-Identifier: Apache-2.0
//
// A machine's YAML file, which may stand on base.yaml, as `check`, `describe hw` and `run` read it.
#include "sim/config/load_hw.h"
#include "sim/config/run_file.h"
#include "sim/config/sources.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_machine(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file("machine.yaml");
  file.write(data, size);
  fuzz::expect_read_or_refused([] { kind_of(file.path()); });
  fuzz::expect_read_or_refused([] {
    load_hw_config(file.path());
    machine_keys(file.path());
  });
  fuzz::expect_read_or_refused([] { file_sources(file.path()); });
}
