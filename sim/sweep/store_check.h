// SPDX-License-Identifier: Apache-2.0
//
// What a store holds, row by row, before anybody relies on it: a store is a file from somebody
// else, or from a disk that forgets.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/sweep/sqlite_statement.h"
#include "sim/sweep/store_layout.h"

namespace tricycle {

/// SHA-256 of a row, of every value with its type; the column `digest`.
std::string row_digest(const PointRow& row);
std::string inversion_digest(std::string_view key, std::string_view value);

/// The row a statement `SELECT column_list(layout) FROM points` stands at.
PointRow row_at(const Statement& select, const StoreLayout& layout);

/// Looks at the whole file: its pages and indices, every row of points and inversions.  Throws
/// InputError that names the first point with a fault.  `also` looks at each row further and says
/// what is wrong with it; empty: nothing.
void check_rows(Database& db, const StoreLayout& layout,
                const std::function<std::string(const PointRow& row)>& also = nullptr);

}  // namespace tricycle
