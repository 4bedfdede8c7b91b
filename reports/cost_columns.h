// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// The columns for what a chunk does, and what it and the machine cost.  They are a part of the
/// table columns().  Cost columns are empty where the machine has no section `cost`.
std::vector<Column> cost_columns();

/// Text on cost: energy of one chunk in steady state in nJ, the parts of a run's energy, and the
/// area.  "" where the machine has no section `cost`.
std::string cost_text(const RunResult& result);

}  // namespace tricycle
