// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/run_result.h"

namespace tricycle {

/// monostate: the figure does not exist for this run (null in JSON, empty in CSV); so does no
/// number that is not finite.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double>;

/// One documented figure of a run.  A dot in the name nests it in result.json and stays in CSV
/// headers.
struct Column {
  std::string name;
  std::string_view unit;
  std::string meaning;
  std::function<Cell(const RunResult&)> value;
};

/// Every figure of a run, in the order of the files.  A new column is one line of columns.cpp.
const std::vector<Column>& columns();

/// Shares of a unit's time and peak, 0..1; docs/output.md defines them.
struct MatrixUtilization {
  double mac, useful, mapped, busy;
};
MatrixUtilization matrix_utilization(const RunResult& result);
double busy_share(const UnitCycles& unit, std::int64_t total_cycles);

/// Shares of steady state, 0..1, whatever the number of chunks of a problem: what a chunk takes of
/// each by the formulas / (cycles_per_chunk x servers of all cores).
struct SteadyShares {
  double mac, useful;                   // of the peak of the array
  ByUnit<std::optional<double>> units;  // busy; none where the machine has none
  double dram;                          // its channel
};
SteadyShares steady_shares(const RunResult& result);

}  // namespace tricycle
