// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// The matrices of a problem.  Throws InputError: unreadable or unsuitable file, no whole chunk of
/// the problem's size.
std::vector<ChunkMatrix> make_inputs(const Problem& problem);

/// Every 2-D tensor of a safetensors file as an A, in name order.  Throws InputError with a line
/// for every tensor at fault: not square, an entry on or above the diagonal that is not zero, an
/// entry that is not finite.
std::vector<ChunkMatrix> read_matrices(const std::string& path);

}  // namespace tricycle
