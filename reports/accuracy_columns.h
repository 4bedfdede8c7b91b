// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// The columns that say how accurate the results are.
std::vector<Column> accuracy_columns();

}  // namespace tricycle
