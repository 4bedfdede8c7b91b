// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "models/cost/dram_type.h"

namespace tricycle {

struct CostTables;  // models/cost/cost_tables.h, for those who read prices

/// Cost tables that the copies of a machine share.  Without any, all figures are 0.
class SharedCostTables {
 public:
  SharedCostTables();
  SharedCostTables(CostTables tables);

  const CostTables& operator*() const { return *tables_; }
  const CostTables* operator->() const { return tables_.get(); }

 private:
  std::shared_ptr<const CostTables> tables_;
};

/// The technology of a machine, for energy and area: the section `cost` of a machine.
struct CostConfig {
  bool present = false;  // false: the machine has no energy and no area
  double node_nm = 7;
  DramType dram_type = DramType::kLpddr5;
  bool clock_gating = true;  // PEs and lanes without work are not clocked
  // Factor for all energy on the chip: a calibration against a measurement.
  double energy_scale = 1;
  std::string tables_file;  // empty: the shipped tables
  SharedCostTables tables;  // content of that file, read with the machine
};

}  // namespace tricycle
