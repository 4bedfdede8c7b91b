// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/isa/program.h"

namespace tricycle {

/// Length of the longest chain of dependent steps, which papers call the depth of an algorithm.  A
/// step is a stored result that took a product (an epilogue that adds an accumulator), or one row
/// of a substitution.  Moves, masks and sums without a product do not count.  The chain follows the
/// tokens of derive_tokens(), so reused memory can lengthen it.
std::int64_t dependent_steps(const Program& program);

}  // namespace tricycle
