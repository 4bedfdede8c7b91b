// SPDX-License-Identifier: Apache-2.0
//
// The values of every operation: one overload of compute() each, in the file of its family.
// Operands are read at the time of the call.  T: the type in which the values of dst are held
// (execute.h; for a product, the type of its operands).
#pragma once

#include "models/isa/instruction.h"
#include "models/semantics/execute.h"

namespace tricycle {

/// Everything the values of one instruction are computed from.
struct ValueInputs {
  const Program& program;
  const HwConfig& hw;
  const Region& dst;
  const MachineState& state;
  SumForm form;  // how products are summed
};

/// A copy.  Subnormals are flushed where the machine flushes what it stores.
template <typename T>
PendingWrite compute(const Load& op, const ValueInputs& in);
template <typename T>
PendingWrite compute(const Store& op, const ValueInputs& in);

/// Sums of products in the accumulator's format and the order of the array (models/numerics/mac.h).
template <typename T>
PendingWrite compute(const Matmul& op, const ValueInputs& in);

/// Float: ((t0 + t1) + ..) + accumulator in the accumulator's format, then the sign, one rounding,
/// the mask.  On the diagonal its constant is added to t0; elsewhere nothing is added.  Fixed
/// point: terms are aligned to the fraction bits of the sum.  These are the same wherever the sum
/// is cut and whatever is known to be zero in it.  Terms are added in the accumulator's width, then
/// follow the sign, one requantisation (half up, saturating) and the mask.  Only entries that the
/// mask keeps count as saturated.
template <typename T>
PendingWrite compute(const Epilogue& op, const ValueInputs& in);
/// As an epilogue of the accumulator without terms.
template <typename T>
PendingWrite compute(const ReadOut& op, const ValueInputs& in);

/// -(l + sum_j a_j y_j), j ascending from +0 regardless of the array's order, one rounding.  Floats
/// add the linear term last.  Fixed point starts from it (it matters where sums saturate).
template <typename T>
PendingWrite compute(const RowStep& op, const ValueInputs& in);
/// Each row as a RowStep computes it from the rows above it.
template <typename T>
PendingWrite compute(const Solve& op, const ValueInputs& in);
/// y + (-a) x as one multiply-add of the machine, rounded to storage.  Fixed point: (y << f) - a x
/// in the accumulator, half up.
template <typename T>
PendingWrite compute(const ColumnStep& op, const ValueInputs& in);

/// elementwise_values(), rounded to storage.  Throws RunError in fixed point, where these
/// operations have no values.
template <typename T>
PendingWrite compute(const Elementwise& op, const ValueInputs& in);

/// scale_of() of the largest magnitude of every group; 2^-126 where a group has no entry.  A NaN
/// makes the scale of its group NaN.
template <typename T>
PendingWrite compute(const Scales& op, const ValueInputs& in);
/// code_of() of every entry; 0 where the mask discards it.
template <typename T>
PendingWrite compute(const Quantise& op, const ValueInputs& in);

/// Norm in ops/control.h has the arithmetic.
template <typename T>
PendingWrite compute(const Norm& op, const ValueInputs& in);
/// 1 where the exit is taken, else 0.
template <typename T>
PendingWrite compute(const Exit& op, const ValueInputs& in);

/// Instantiates compute() of an operation.  Used at the end of the file of its family.
#define TRICYCLE_COMPUTE(Op)                                            \
  template PendingWrite compute<double>(const Op&, const ValueInputs&); \
  template PendingWrite compute<float>(const Op&, const ValueInputs&);  \
  template PendingWrite compute<std::int16_t>(const Op&, const ValueInputs&)

}  // namespace tricycle
