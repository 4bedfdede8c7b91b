// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/grid.h"

namespace tricycle {

/// Reads the values that a grid states for a key: a list, or a range {from, to, step} or {from, to,
/// powers_of}.  Faults go to `faults`.  Relative paths of files start at `grid_path`.
std::vector<AxisValue> read_axis_values(const std::string& key, AxisTarget target,
                                        const AxisKeys& keys, const YamlNode& node,
                                        const std::string& grid_path, std::vector<Fault>& faults);

}  // namespace tricycle
