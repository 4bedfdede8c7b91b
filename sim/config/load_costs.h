// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/cost/cost_config.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// The file with a machine's cost tables: the one it names, or else the shipped one.
std::string cost_tables_path(const CostConfig& config);

/// Reads cost tables (hwconfigs/costs/*.yaml) and their bases, strictly.  Faults of keys go to
/// `faults`.  Throws InputError where the file cannot be read or is not YAML.
SharedCostTables read_cost_tables(const std::string& path, std::vector<Fault>& faults);
/// The same, but throws InputError with all faults, each with its place.
SharedCostTables load_cost_tables(const std::string& path);

}  // namespace tricycle
