// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// One row of the table points.
struct PointRow {
  std::string key;          // SHA-256 of the resolved configuration and the program
  std::uint64_t point = 0;  // in the grid
  bool done = false;
  std::string reason;  // why not
  double seconds = 0;
  std::string axes;         // JSON object: name -> value
  std::vector<Cell> cells;  // as columns(); empty where it failed
};

/// Name and value of the rows of meta, in order.
using StoreMeta = std::vector<std::pair<std::string, std::string>>;

}  // namespace tricycle
