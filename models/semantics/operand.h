// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/semantics/execute.h"

namespace tricycle {

/// The elements of an operand of a product, dense and row-major, in the type in which the array
/// multiplies them.  Fixed-point weights next to float activations enter as code x 2^-fraction
/// bits, which is exact.  Entries that the mask discards are +0.  T: the type of the left operand
/// (execute.h).
template <typename T>
std::vector<T> read_operand(const Program& program, const MachineState& state, const Region& r,
                            const Mask& mask = {});

/// The elements of the transposed matrix, dense and row-major.
template <typename T>
Elements<T> transposed(MatrixRef<const T> m) {
  Elements<T> out;
  out.reserve(static_cast<std::size_t>(m.rows * m.cols));
  for (std::int64_t j = 0; j < m.cols; ++j)
    for (std::int64_t i = 0; i < m.rows; ++i) out.push_back(m.row(i)[j]);
  return out;
}

}  // namespace tricycle
