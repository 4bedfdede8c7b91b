// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// Names of the seeded synthetic ensembles.  An ensemble says how the keys of width 128 relate to
/// each other inside a chunk.
std::vector<std::string_view> ensemble_names();
/// A one-line summary of an ensemble.  Precondition: a name of ensemble_names().
std::string_view ensemble_summary(std::string_view name);

/// Draws the matrices of the problem from its seed: the same on every machine.  Throws InputError
/// for an unknown ensemble or decay.
std::vector<ChunkMatrix> synthetic_chunks(const Problem& problem);

}  // namespace tricycle
