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

/// One field of a CSV line, quoted where it must be.
std::string csv_text(const Cell& cell);

/// `tricycle list columns`: name, unit, meaning.
std::string column_list();

}  // namespace tricycle
