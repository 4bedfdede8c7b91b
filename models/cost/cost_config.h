// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/cost/cost_tables.h"

namespace tricycle {

/// What a machine is built in, for energy and area; the section `cost` of a machine.
struct CostConfig {
  bool present = false;  // false: the machine has no energy and no area
  double node_nm = 7;
  DramType dram_type = DramType::kLpddr5;
  bool clock_gating = true;  // PEs and lanes without work are not clocked
  double energy_scale = 1;   // of everything on the chip: a calibration against a measurement
  std::string tables_file;   // empty: the shipped tables
  CostTables tables;         // .. of that file, read with the machine
};

}  // namespace tricycle
