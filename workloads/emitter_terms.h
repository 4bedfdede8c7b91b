// SPDX-License-Identifier: Apache-2.0
//
// What an Emitter keeps of matrices, and of sums whose linear terms are products with the identity
// (emitter_terms.cpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/isa/region.h"
#include "workloads/tiling.h"

namespace tricycle {

/// A C x C matrix in the scratchpad, and the band in which it can be nonzero.
struct Matrix {
  std::uint32_t buffer = 0;
  Band band;
};

/// A matrix times a number: one of several terms of a sum.
struct LinearTerm {
  Matrix matrix;
  double times;
};

/// A sum of terms in an accumulator.
struct TermSum {
  Extent rows, cols;
  Band out;
  std::vector<LinearTerm> terms;
  double diagonal = 0;
  bool is_whole = false;  // in one instruction each, whatever the tiles
  bool goes_on = false;   // the accumulator holds what they are added to
};

/// Sums that stay in their accumulator beside the matrix they were rounded to.
struct KeptSums {
  std::uint32_t buffer;
  Extent rows, cols;
  Mask mask;
};

/// A matrix negated, or in another format.
struct CopiedMatrix {
  std::uint32_t buffer = 0;
  Extent rows, cols;
  Band band;
  std::int64_t of = 0;  // the write of the original that it copies
};

}  // namespace tricycle
