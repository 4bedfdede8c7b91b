// SPDX-License-Identifier: Apache-2.0
//
// A unit for triangular systems: one cell for every entry of L, one boundary cell per row.
//
//        columns in ->  [b1]                                  b: boundary, rounds and negates
//                        |                                    .: cell, sum += l y
//        columns in ->  [. ] -> [b2]
//                        |       |                            sums go right, one cell a hop;
//        columns in ->  [. ] -> [. ] -> [b3]                  solutions go down, one cell a cycle;
//                        |       |       |                    L goes right, once a system
//
// L stays in the cells while right-hand sides stream through, one column per cycle.  The sum of a
// row meets entry k of the solution in the row's cell k.  So products are added in ascending k, as
// in forward substitution.  This is the triangular array for triangular systems of H. T. Kung and
// C. E. Leiserson, "Systolic Arrays (for VLSI)", 1978, and W. M. Gentleman and H. T. Kung,
// "Matrix triangularization by systolic arrays", SPIE 298, 1981, with a cell for every entry.
//
// With cells and boundaries of one cycle, a system with one right-hand side takes 2 n - 1 cycles.
// So does the inverse: its columns start down the diagonal, column h at row h, so that all of them
// finish together with the first.  2 n - 1 is the time published for this algorithm, solving L x_h
// = e_h for h = 1 .. n as a pipeline ("Triangular matrix inversion on systolic arrays", Parallel
// Computing).  That paper needs n^2 / 6 cells for it.  This array has n (n + 1) / 2 cells and takes
// any right-hand sides.  With a unit diagonal the first boundary has nothing to divide; its step is
// kept.
//
// The array does not form products with the zeros of the inverse above its diagonal.  So where L is
// infinite, forward substitution gives NaN there and this array does not.
#pragma once

#include <cstdint>

#include "models/hw_config.h"
#include "models/timing/instruction_timing.h"

namespace tricycle {

/// Timing of one triangular system, in cycles of the unit's clock.
struct SolveTiming {
  std::int64_t occupancy_cycles = 0;  // until the next system may enter
  std::int64_t latency_cycles = 0;    // until the last entry of the solution has left

  friend bool operator==(const SolveTiming&, const SolveTiming&) = default;
};

/// Timing of an n x n system with `columns` right-hand sides.  The inverse counts as one more.
/// With p = pe_latency, q = boundary_latency and m columns in all:
///   latency    (n - 1) (p + q) + q + m - 1
///   occupancy  n + m - 2 (m where n = 1)
/// A cell's entry of L may be overwritten once its last column has passed.  The entries of the next
/// system follow each other as its columns do.
SolveTiming solve_timing(const SolveUnitConfig& unit, std::int64_t n, std::int64_t columns,
                         bool inverse);

/// An instruction whose system takes so long, in cycles of the machine's clock.
InstructionTiming instruction_timing(const HwConfig& hw, const SolveTiming& array);

}  // namespace tricycle
