// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/points.h"

namespace tricycle {

/// What machine_advice() says of the machines of a grid: a line for each key, with the advice for
/// the first machine it is given on and how many more have some.  Of a large grid machines of some
/// points are looked at, evenly over it.
std::vector<std::string> grid_advice(const Points& points);

}  // namespace tricycle
