// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "workloads/reference_machine.h"

namespace tricycle::testing {

/// The reference machine with another array.
inline HwConfig machine_with_array(std::int64_t rows, std::int64_t cols, Dataflow dataflow,
                                   Overlap overlap) {
  HwConfig hw = reference_machine();
  hw.systolic_array.rows = rows;
  hw.systolic_array.cols = cols;
  hw.systolic_array.dataflow = dataflow;
  hw.systolic_array.overlap = overlap;
  return hw;
}

}  // namespace tricycle::testing
