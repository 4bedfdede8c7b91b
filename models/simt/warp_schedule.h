// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/simt/warp_program.h"

namespace tricycle {

/// The program with the code of each warp in the order in which a compiler would write it: between
/// barriers and turns of loops, by list scheduling on the longest chain of latencies (Gibbons and
/// Muchnick, "Efficient instruction scheduling for a pipelined architecture", 1986).  Results that
/// wait hold registers, so an instruction moves ahead of no more than simt.window times the
/// program's registers.  Memory is read no earlier than the store before; a store may move ahead of
/// loads before it, as their places are not known here.
WarpProgram scheduled(WarpProgram program, const SimtConfig& simt);

/// Adds integer instructions that nothing waits for, spread evenly, until there are `instructions`
/// in all: the addresses and loops that a kernel's steps do not name.
WarpProgram padded(WarpProgram program, std::int64_t instructions);

}  // namespace tricycle
