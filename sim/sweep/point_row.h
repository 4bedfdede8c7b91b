// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/columns.h"

namespace tricycle {

/// One row of the table `points` of a store.
struct PointRow {
  std::string key;          // SHA-256 of the resolved configuration and the program
  std::uint64_t point = 0;  // its number in the grid
  bool done = false;
  std::string reason;  // why it is not done
  double seconds = 0;
  std::string axes;         // JSON object: name -> value
  std::vector<Cell> cells;  // as in columns(); empty where the point failed
};

/// Names and values of the rows of the table `meta`, in order.
using StoreMeta = std::vector<std::pair<std::string, std::string>>;

}  // namespace tricycle
