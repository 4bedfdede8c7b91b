// SPDX-License-Identifier: Apache-2.0
//
// The file of `tricycle gate`; what is read is written and read back to the same.
#include "sim/cli/gate_file.h"
#include "tests/fuzz/fuzz.h"

using namespace tricycle;

void fuzz::read_gate(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  fuzz::expect_read_or_refused([&] {
    const std::string once = to_text(parse_gate(text, "gate.json", GateUse::kUpdate));
    // A refusal of what we wrote ourselves would be a fault of ours.
    try {
      if (to_text(parse_gate(once, "gate.json", GateUse::kUpdate)) != once) std::abort();
    } catch (const InputError&) {
      std::abort();
    }
  });
}
