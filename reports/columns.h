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

/// The value of a figure.  monostate: the figure does not exist for this run, or is not finite.  It
/// is null in JSON and empty in CSV.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double>;

/// One documented figure of a run.  A dot in the name nests the figure in result.json.  CSV headers
/// keep the dot.
struct Column {
  std::string name;
  std::string_view unit;
  std::string meaning;
  std::function<Cell(const RunResult&)> value;
};

/// Every figure of a run, in the order of the output files.  To add a column, add one line to
/// columns.cpp.
const std::vector<Column>& columns();

/// Shares of a unit's time and of its peak, 0..1; docs/output.md defines them.
struct MatrixUtilization {
  double mac, useful, mapped, busy;
};
MatrixUtilization matrix_utilization(const RunResult& result);
double busy_share(const UnitCycles& unit, std::int64_t total_cycles);

/// Shares in steady state, 0..1.  They do not depend on the number of chunks of the problem.  Each
/// is what a chunk needs by the formulas / (cycles_per_chunk x servers of all cores).
struct SteadyShares {
  double mac, useful;                   // of the peak of the array
  ByUnit<std::optional<double>> units;  // busy share; none where the machine lacks the unit
  double dram;                          // of its channel
};
SteadyShares steady_shares(const RunResult& result);

}  // namespace tricycle
