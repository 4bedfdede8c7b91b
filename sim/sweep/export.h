// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/sweep/store.h"

namespace tricycle {

enum class ExportForm : std::uint8_t { kCsv, kJsonLines };

/// Exports every row of a store, by point: point, key, status, reason, the axes (CSV: "axis.NAME"),
/// the report columns.  The seconds are left out, so that two stores of the same results give the
/// same bytes.  CSV is RFC 4180 with a header line.
void export_rows(const SweepStore& store, ExportForm form,
                 const std::function<void(const std::string& line)>& line);

}  // namespace tricycle
