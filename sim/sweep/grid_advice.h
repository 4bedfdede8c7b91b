// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/points.h"

namespace tricycle {

/// What machine_advice() says of the machines of a grid, one line per key.  A line has the advice
/// for the first machine that gets it, and how many machines get some.  In a large grid, it looks
/// only at the machines of some points, spread evenly over the grid.
std::vector<std::string> grid_advice(const Points& points);

}  // namespace tricycle
