// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/cost/cost_config.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// The file of a machine's cost tables: its own, or the shipped one where it names none.
std::string cost_tables_path(const CostConfig& config);

/// Reads cost tables (hwconfigs/costs/*.yaml) and their bases, strictly.  What is wrong with a key
/// goes to `faults`; throws InputError where the file cannot be read or is no YAML.
CostTables read_cost_tables(const std::string& path, std::vector<Fault>& faults);
/// The same; throws InputError with every fault at once, each with its place.
CostTables load_cost_tables(const std::string& path);

}  // namespace tricycle
