// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// Makes the tokens of a problem from its seed and files, and of them the matrices A of its rule:
/// the same on every machine.
///
/// With `gates_file` ([tokens, heads]) every chunk is a head's at some tokens; of all of them
/// `matrices` are taken at even steps, head by head.  Captured keys are those of key head 0 of the
/// layers of `keys_file`: chunk c of head h takes layer h mod L, its chunk (5 c + h) mod n.
///
/// Throws InputError: an unsuitable file; fewer chunks than `matrices`; a norm that no spread
/// gives.
std::vector<ChunkMatrix> token_chunks(const Problem& problem);

}  // namespace tricycle
