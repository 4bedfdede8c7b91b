// SPDX-License-Identifier: Apache-2.0
#include "workloads/reference_machine.h"

namespace tricycle {

HwConfig reference_machine() {
  HwConfig hw;
  hw.name = "reference";
  hw.description = "every format, sequential sums, no limits";
  hw.systolic_array.rows = hw.systolic_array.cols = 64;
  for (FormatSupport& support : hw.formats) support.present = true;
  hw.vector_unit.bytes_per_beat = 256;
  for (VectorOpCost& op : hw.vector_unit.operations) op.present = true;
  hw.solve_unit = {.present = true, .rows = 256};
  hw.scratchpad = {
      .size_bytes = std::int64_t{1} << 32, .width_bytes = 256, .interleave_bytes = 256};
  hw.accumulator_bytes = std::int64_t{1} << 32;
  hw.accumulator_to_vector.bytes_per_cycle = hw.vector_to_matrix.bytes_per_cycle = 256;
  hw.accumulator_to_scratchpad.present = true;
  hw.accumulator_to_scratchpad.bytes_per_cycle = 256;
  hw.dma.request_bytes = 64;
  hw.dram.bandwidth_gbps = 100;
  return hw;
}

}  // namespace tricycle
