// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/emitter.h"

namespace tricycle {

/// 2 x 2 block recursion from exact b-blocks on the diagonal of y up to the whole chunk, in place:
///   M <- (A + A Y) and Y <- -(M + Y M) on the lower-left b x b block of every pair, b = first, 2
///   first, ..
/// `m` is scratch.  With first = 1, y need not have been written.
void emit_block_merges(Emitter& e, const Matrix& y, const Matrix& m, int first);

}  // namespace tricycle
