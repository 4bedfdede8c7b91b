// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
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

/// |A|_2 of an n x n matrix by power iteration, which ends where a step changes it by no more than
/// `settled` of itself: by default to about ten digits.
double spectral_norm(std::span<const double> a, std::size_t n, double settled = 1e-11);

}  // namespace tricycle
