// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/run_result.h"

namespace tricycle {

/// One object per run; dotted column names become nested objects.  Numbers that are not finite are
/// written as null.
std::string to_json(const RunResult& result);
std::string to_json(const std::vector<RunResult>& results);

/// RFC 4180, header line with the column names.
std::string to_csv(const std::vector<RunResult>& results);

/// The comparison a person reads: one line a run, in the given order.
std::string comparison_table(const std::vector<RunResult>& results);

/// One run in words and figures.
std::string run_summary(const RunResult& result);

/// `tricycle list columns`: name, unit, meaning.
std::string column_list();

}  // namespace tricycle
