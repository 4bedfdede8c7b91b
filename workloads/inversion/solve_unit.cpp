// SPDX-License-Identifier: Apache-2.0
//
// Forward substitution on a dedicated unit (models/timing/solve.h).  It shows what a little
// hardware for it gains.  A chunk is one system.  A unit with fewer rows takes block rows of
// `block`:
//   M_i <- A_i + A_i Y on the columns before block i         one product
//   Y_i <- -(I + A_ii)^-1 [M_i | A_ii]                       one system
// Exact.  Roundings: M, every row.  The bits are those of forward_substitution, and with blocks
// those of block_elimination.
#include "workloads/algorithm.h"
#include "workloads/emitter.h"
#include "workloads/inversion/block_parameter.h"

namespace tricycle {

namespace {

/// Of any size: the unit needs no power of two.
Parameter block_of_unit() {
  Parameter block = block_parameter([](int chunk, const ParameterValues&) { return chunk; });
  block.range = [](int chunk, const ParameterValues&) {
    return ParameterRange{.low = 2, .high = chunk};
  };
  block.candidates = [of_blocks = block.candidates](int chunk, const ParameterValues& values) {
    std::vector<int> sizes = of_blocks(chunk, values);
    sizes.push_back(chunk);
    return sizes;
  };
  return block;
}

void emit_solve_unit(Emitter& e, const AlgorithmParameters& p) {
  const Band lower{1, e.chunk()};
  const Matrix a = e.input();
  const Matrix y = e.matrix("Y", lower);
  const Matrix m = p.get(kBlock) < e.chunk() ? e.matrix("M", lower) : y;
  for (const Extent& block : blocks(e.all(), p.get(kBlock))) {
    const Extent before{0, block.begin};
    if (before.size() > 0)
      e.epilogue(m, {a}, block, before, {.product = e.product(a, y, block, before, before, lower)});
    e.solve(a, y, m, block);
  }
  e.store_output(y);
}

}  // namespace

Algorithm solve_unit() {
  return {.name = "solve_unit",
          .summary = "forward substitution by a triangular systolic array, exact",
          .source = "Kung and Leiserson 1978; Gentleman and Kung 1981 (models/timing/solve.h)",
          .parameters = {block_of_unit()},
          .lower = emit_solve_unit,
          .needs = Unit::kSolve};
}

}  // namespace tricycle
