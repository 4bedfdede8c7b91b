// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "workloads/parameter.h"

namespace tricycle {

/// How many blocks the first level of nested blocks joins, and how many each further one.
inline constexpr ParameterKey<int> kFirstJoin{"first_join"};
inline constexpr ParameterKey<int> kJoin{"join"};

/// The number of blocks that each level joins into one, from blocks of `block` up to the chunk.
/// The last level joins all that are left, at most what is asked for.  Levels (4, 8) at a chunk of
/// 32 are block 4 and the joins 2, 4.
std::vector<int> joins_of(int chunk, const ParameterValues& values);

}  // namespace tricycle
