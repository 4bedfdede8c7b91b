// SPDX-License-Identifier: Apache-2.0
#include "models/isa/unit.h"

#include "models/hw_config.h"
#include "models/timing/timing.h"

namespace tricycle {

std::int64_t one_server(const HwConfig&) { return 1; }
std::int64_t vector_servers(const HwConfig& hw) { return hw.vector_unit.units; }
std::int64_t dma_servers(const HwConfig& hw) { return hw.dma.queues; }
std::int64_t read_out_servers(const HwConfig& hw) {
  return hw.accumulator_to_scratchpad.present ? 1 : 0;
}
std::int64_t solve_servers(const HwConfig& hw) {
  return hw.solve_unit.present ? hw.solve_unit.units : 0;
}

std::int64_t no_latency(const HwConfig&) { return 0; }
std::int64_t vector_latency(const HwConfig& hw) {
  return machine_cycles(hw, hw.vector_unit.clock_ghz, hw.vector_unit.result_latency_cycles);
}

}  // namespace tricycle
