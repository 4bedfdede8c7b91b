// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tricycle {

/// Everything of the stores of one grid and version in one, `into`: new, or one of them that is
/// there.  All or nothing: the inputs are looked at first, then joined under a temporary name, and
/// `into` changes in one step at the end.  Memory does not depend on the number of rows; where
/// `into` is there, the disk holds the rows of the inputs twice for a while.
///
/// Throws InputError, one line for every store that is none or does not belong to the others, and
/// RunError.
void merge_stores(const std::vector<std::string>& paths, const std::string& into);

}  // namespace tricycle
