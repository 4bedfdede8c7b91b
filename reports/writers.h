// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/run_result.h"
#include "reports/columns.h"

namespace tricycle {

/// A figure that a command adds to those of columns(): a cell for each result.  A dot in the name
/// nests it as there.
struct AddedColumn {
  std::string name;
  std::vector<Cell> cells;
};

/// Results as JSON: one object per run.  Dotted column names become nested objects.  Numbers that
/// are not finite become null.
std::string to_json(const RunResult& result);
std::string to_json(const std::vector<RunResult>& results,
                    const std::vector<AddedColumn>& added = {});

/// Results as CSV (RFC 4180), with the column names as the header line.
std::string to_csv(const std::vector<RunResult>& results,
                   const std::vector<AddedColumn>& added = {});

/// One line of CSV without its line end.  Fields are quoted where they must be.
std::string csv_line(const std::vector<Cell>& cells);

/// The text of `tricycle list columns`: name, unit and meaning of each column.
std::string column_list();

}  // namespace tricycle
