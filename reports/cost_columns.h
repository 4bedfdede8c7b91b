// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// What a chunk does, and what it and the machine cost; a part of the table of columns().  Cost
/// columns are empty where the machine has no section `cost`.
std::vector<Column> cost_columns();

/// Energy of one chunk in steady state, nJ; the parts of a run's energy; area.  "" without cost.
std::string cost_text(const RunResult& result);

}  // namespace tricycle
