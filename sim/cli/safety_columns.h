// SPDX-License-Identifier: Apache-2.0
//
// --safe: what `tricycle stress` says of the rows of a comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/run_result.h"
#include "reports/summaries.h"
#include "reports/writers.h"
#include "sim/stress/safety.h"

namespace tricycle {

/// What --safe and --safe-rule ask for; none: no --safe.  Throws InputError, also where there is a
/// rule without a limit.
std::optional<SafetyLimit> parse_safe(const std::optional<std::string>& limit,
                                      const std::optional<std::string>& rule);

/// What a search adds to a comparison; empty where none was asked for.
struct SafetyColumns {
  std::vector<ShownColumn> shown;  // for the table that people read
  std::vector<AddedColumn> added;  // for JSON and CSV: safe.limit, safe.holds, ..
  std::string note;                // what the column means, and how many are beyond the limit
};

/// Searches, with progress on stderr; a row for each case.
SafetyColumns safety_columns(std::vector<StressCase> cases, const SafetyLimit& limit, int threads);

}  // namespace tricycle
