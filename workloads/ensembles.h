// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// Names of the seeded synthetic ensembles: how keys of width 128 relate inside a chunk.
std::vector<std::string_view> ensemble_names();
/// One line on an ensemble.  Precondition: a name of ensemble_names().
std::string_view ensemble_summary(std::string_view name);

/// The problem's matrices, drawn by its seed: the same on every machine.  Throws InputError for an
/// unknown ensemble or decay.
std::vector<ChunkMatrix> synthetic_chunks(const Problem& problem);

}  // namespace tricycle
