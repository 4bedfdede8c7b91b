// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// How good the results are.
std::vector<Column> accuracy_columns();

}  // namespace tricycle
