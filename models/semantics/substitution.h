// SPDX-License-Identifier: Apache-2.0
//
// The values of the steps of substitutions on the vector unit.
#pragma once

#include "models/semantics/execute.h"

namespace tricycle {

/// Opcode::kRowStep: -(l + sum_j a_j y_j), j ascending from +0 whatever the array does, one
/// rounding; floats add the linear term last, fixed point starts at it (it matters where sums
/// saturate).
template <typename T>
PendingWrite compute_row_step(const Program& program, const HwConfig& hw, const Instruction& in,
                              const MachineState& state, SumForm form);

/// Opcode::kColumnStep: y + (-a) x as one multiply-add of the machine, rounded to storage; fixed
/// point: (y << f) - a x in the accumulator, half up.
template <typename T>
PendingWrite compute_column_step(const Program& program, const HwConfig& hw, const Instruction& in,
                                 const MachineState& state);

}  // namespace tricycle
