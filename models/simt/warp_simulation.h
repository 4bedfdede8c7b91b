// SPDX-License-Identifier: Apache-2.0
//
// Time of warps on a core: every scheduler issues, in the order of each warp's code, whatever can
// go on first.
#pragma once

#include <string_view>

#include "models/hw_config.h"
#include "models/simt/warp_program.h"

namespace tricycle {

/// How many blocks of a program are resident on a core, and what bounds them.
struct Residency {
  int blocks = 0;
  std::string_view bound;  ///< "registers", "scratchpad", "warps" or "blocks"
};
Residency resident_blocks(const WarpProgram& program, const HwConfig& hw);

/// Cycles of a run, and the share of them that each resource was held (schedulers: on average).
struct WarpTimes {
  double cycles = 0;
  double issue = 0, products = 0;  ///< of the schedulers; products are part of issue
  double scratchpad = 0, shuffle = 0, group_product = 0;
  double waiting = 0;  ///< of the warps' time, in barriers, syncs and turns of loops
};

/// `blocks` copies of the program, each `repetitions` times in a row, `gap` cycles between them.
/// Throws InputError where the core has no warps or so many blocks are not resident.
WarpTimes simulate_warps(const WarpProgram& program, const HwConfig& hw, int blocks,
                         int repetitions, double gap = 0);

}  // namespace tricycle
