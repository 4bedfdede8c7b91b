// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/hw_config.h"
#include "sim/config/load_costs.h"
#include "sim/config/yaml_document.h"

namespace tricycle {

/// Reads a machine (hwconfigs/*.yaml), its bases, and the --set texts KEY=VALUE over them.  Throws
/// InputError with all faults, each with its place.
HwConfig load_hw_config(const std::string& path, const std::vector<std::string>& overrides = {});

/// Provides the cost tables of a file: read_cost_tables(), or something that holds them already.
using CostTablesSource =
    std::function<SharedCostTables(const std::string& path, std::vector<Fault>& faults)>;

/// Reads the machine from a tree that is already merged; its faults go to `faults`.
HwConfig read_hw_config(const YamlNode& root, std::vector<Fault>& faults,
                        const CostTablesSource& tables = read_cost_tables);

}  // namespace tricycle
