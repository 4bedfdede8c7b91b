// SPDX-License-Identifier: Apache-2.0
//
// Points of a design space as reports show them: what was varied, what the results are, and what is
// missing.  A table is filled from a result store or from the runs of a comparison.  Figures are
// copied, never computed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/run_result.h"
#include "reports/columns.h"
#include "reports/run_timeline.h"

namespace tricycle {

struct PointColumn {
  std::string name, unit, meaning;
};

/// What the points of one grid or comparison were made from.  Together with a point's axes, it
/// gives the command that runs the point again.
struct PointOrigin {
  std::string folder;            // in words: the folder where relative paths start
  std::string machine, problem;  // paths; empty where an axis names the file
  std::vector<std::string> set;  // KEY=VALUE
};

struct Point {
  std::int64_t index = 0;     // in its grid
  std::size_t origin = 0;     // in PointTable::origins
  std::string reason;         // why it failed; empty where it has results
  std::vector<Cell> axes;     // one per PointTable::axes
  std::vector<Cell> results;  // one per PointTable::columns; all empty where the point failed

  bool done() const { return reason.empty(); }
};

struct PointTable {
  std::string title;
  std::vector<std::pair<std::string, std::string>> provenance;  // name, text of any length
  std::vector<PointColumn> axes;                                // what was varied, keys of files
  std::vector<PointColumn> columns;
  std::vector<Point> points;
  std::vector<PointOrigin> origins;    // empty: not known
  std::int64_t missing = 0;            // points of the grids that were never run
  std::vector<RunTimeline> timelines;  // of the runs chosen for it
};

/// Makes a table of runs to compare; the axes are machine, algorithm and format.
PointTable to_point_table(const std::vector<RunResult>& results, std::string title);

/// The axes, and the figures that are usual for comparisons, where some point has them.
std::string to_markdown(const PointTable& table);

}  // namespace tricycle
