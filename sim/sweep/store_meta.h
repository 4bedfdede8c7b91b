// SPDX-License-Identifier: Apache-2.0
//
// Whether rows belong together.  The table meta has everything that they depend on.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/point_row.h"

namespace tricycle {

/// Meta as a store holds it, with its own digest.
StoreMeta with_digest(StoreMeta meta);

/// The names in which the meta of two stores differ, with sources one by one: "grid", "sources
/// (machine.yaml)".
std::vector<std::string> differences(const StoreMeta& a, const StoreMeta& b);

/// One line for each name in which the meta of a store is not what a sweep expects.
std::vector<std::string> faults_of_meta(const std::string& path, const StoreMeta& of_store,
                                        const StoreMeta& expected);

}  // namespace tricycle
