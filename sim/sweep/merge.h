// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

/// Merges the stores of one grid and version into one store, `into`.  It is a new store, or an
/// existing one of them.  All or nothing: the inputs are checked first, then joined
/// under a temporary name, and `into` changes in one step at the end.
///
/// Memory does not depend on the number of rows.  Where `into` exists, the disk holds the rows of
/// the inputs twice for a while.
///
/// Throws RunError, and InputError with one line for every file that is no store or does not belong
/// to the others.
void merge_stores(const std::vector<std::string>& paths, const std::string& into);

}  // namespace tricycle
