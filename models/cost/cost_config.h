// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/cost/cost_tables.h"

namespace tricycle {

/// The technology of a machine, for energy and area: the section `cost` of a machine.
struct CostConfig {
  bool present = false;  // false: the machine has no energy and no area
  double node_nm = 7;
  DramType dram_type = DramType::kLpddr5;
  bool clock_gating = true;  // PEs and lanes without work are not clocked
  // Factor for all energy on the chip: a calibration against a measurement.
  double energy_scale = 1;
  std::string tables_file;  // empty: the shipped tables
  CostTables tables;        // content of that file, read with the machine
};

}  // namespace tricycle
