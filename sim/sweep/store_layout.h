// SPDX-License-Identifier: Apache-2.0
//
// The tables of a store: makes them, and checks that a file has them and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sweep/database.h"
#include "sim/sweep/point_row.h"

namespace tricycle {

struct StoreColumn {
  std::string name, unit, meaning;
};

/// What a store says about itself, already checked.
struct StoreLayout {
  StoreMeta meta;
  std::vector<std::string> axes;
  std::vector<StoreColumn> columns;  // those after the fixed ones
  bool has_digests = true;           // of the rows; fixtures have none
  bool has_inversions = true;
};

/// Columns of the table points that precede those of the report.
std::vector<std::string> fixed_columns(bool has_digests);
std::string quoted_name(const std::string& name);
/// All columns of the table points, for SQL.
std::string column_list(const StoreLayout& layout);

/// Makes the tables in an empty database.
void make_tables(const Database& db, const StoreMeta& meta);

/// Reads the meta of a store and checks its tables.  They must be exactly those that make_tables()
/// makes, without a view, a trigger, or another table or index.  Throws InputError.
StoreLayout read_layout(const Database& db);

/// The value of a row of meta; empty where there is none.
std::string find_meta(const StoreMeta& meta, std::string_view name);

/// SHA-256 of all rows of meta except "digest".
std::string meta_digest(const StoreMeta& meta);

}  // namespace tricycle
