// SPDX-License-Identifier: Apache-2.0
//
// Operands as codes whose scales are measured, and their products as numbers again
// (formats.F.scaling; models/numerics/dynamic_scale.h).
#pragma once

#include "models/semantics/execute.h"

namespace tricycle {

/// Opcode::kScales: scale_of() the largest magnitude of every group, 2^-126 where it has no entry.
/// A NaN makes its group's scale NaN.
PendingWrite compute_scales(const Program& program, const Instruction& in,
                            const MachineState& state);

/// Opcode::kQuantise: code_of() every entry; 0 where the mask discards.
PendingWrite compute_quantise(const Program& program, const Instruction& in,
                              const MachineState& state);

/// sum <- sum + (+0 + (s_row float(acc)) s_column), every operation rounded to binary32; `sum` is
/// dense, or empty: +0.  in.accumulator holds sums of codes, in.a and in.b their scales.
void add_scaled(const Program& program, const Instruction& in, const MachineState& state,
                Elements<float>& sum);
void add_scaled(const Program& program, const Instruction& in, const MachineState& state,
                Elements<double>& sum);  // never: RunError

}  // namespace tricycle
