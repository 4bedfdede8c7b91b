// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/isa/program.h"

namespace tricycle {

/// Length of the longest chain of dependent steps, where a step is a stored result that took a
/// product (a combine that adds an accumulator), or a row of a substitution: what papers call the
/// depth of an algorithm.  Moves, masks and sums without a product are not counted.  Follows the
/// tokens of derive_tokens(), so that reused memory can lengthen it.
std::int64_t dependent_steps(const Program& program);

}  // namespace tricycle
