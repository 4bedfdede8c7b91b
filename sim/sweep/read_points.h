// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/point_table.h"

namespace tricycle {

/// Reads all points of result stores, ordered by their number in the grid, each key once.  Axes and
/// columns are the union over the stores.  Throws InputError for a file that is no store.
PointTable read_points(const std::vector<std::string>& paths);

}  // namespace tricycle
