// SPDX-License-Identifier: Apache-2.0
//
// Checks what a store holds, row by row, before anything relies on it.  A store may come from
// somebody else, or from a disk that loses data.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/sweep/sqlite_statement.h"
#include "sim/sweep/store_layout.h"

namespace tricycle {

/// SHA-256 of a row, with every value and its type; the column `digest`.
std::string row_digest(const PointRow& row);
std::string inversion_digest(std::string_view key, std::string_view value);

/// The row that a statement `SELECT column_list(layout) FROM points` is at.
PointRow row_at(const Statement& select, const StoreLayout& layout);

/// Checks the whole file: its pages and indices, and every row of points and inversions.  Throws
/// InputError that names the first point with a fault.  `also` checks each row further and returns
/// what is wrong with it; empty: nothing.
void check_rows(Database& db, const StoreLayout& layout,
                const std::function<std::string(const PointRow& row)>& also = nullptr);

}  // namespace tricycle
