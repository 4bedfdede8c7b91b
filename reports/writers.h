// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/run_result.h"
#include "reports/columns.h"

namespace tricycle {

/// One object per run; dotted column names become nested objects.  Numbers that are not finite are
/// written as null.
std::string to_json(const RunResult& result);
std::string to_json(const std::vector<RunResult>& results);

/// RFC 4180, header line with the column names.
std::string to_csv(const std::vector<RunResult>& results);

/// A line of CSV without its end, fields quoted where they must be.
std::string csv_line(const std::vector<Cell>& cells);

/// `tricycle list columns`: name, unit, meaning.
std::string column_list();

}  // namespace tricycle
