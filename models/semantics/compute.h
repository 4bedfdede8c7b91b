// SPDX-License-Identifier: Apache-2.0
//
// The values of every operation: compute() for each, in the file of its family.  Operands are read
// as they are when it is called.  T: the type dst's values are held in (execute.h; of a product,
// those of its operands).
#pragma once

#include "models/isa/instruction.h"
#include "models/semantics/execute.h"

namespace tricycle {

/// What the values of one instruction are computed from.
struct ValueInputs {
  const Program& program;
  const HwConfig& hw;
  const Region& dst;
  const MachineState& state;
  SumForm form;  // of the products
};

/// A copy, subnormals flushed where the machine flushes what it stores.
template <typename T>
PendingWrite compute(const Load& op, const ValueInputs& in);
template <typename T>
PendingWrite compute(const Store& op, const ValueInputs& in);

/// Sums of products in the accumulator's format and the order of the array (models/numerics/mac.h).
template <typename T>
PendingWrite compute(const Matmul& op, const ValueInputs& in);

/// Float: ((t0 + t1) + ..) + accumulator in the accumulator's format, then the sign, one rounding,
/// the mask; the constant of the diagonal is added to t0 there and to nothing elsewhere.  Fixed
/// point: terms are aligned to the fraction bits of the sum, which are the same wherever it is cut
/// and whatever is known to be zero there, added in the accumulator's width, then the sign, one
/// requantisation (half up, saturating), the mask; only entries the mask keeps count as saturated.
template <typename T>
PendingWrite compute(const Combine& op, const ValueInputs& in);
/// The sum of no terms and the accumulator.
template <typename T>
PendingWrite compute(const ReadOut& op, const ValueInputs& in);

/// -(l + sum_j a_j y_j), j ascending from +0 whatever the array does, one rounding; floats add the
/// linear term last, fixed point starts at it (it matters where sums saturate).
template <typename T>
PendingWrite compute(const RowStep& op, const ValueInputs& in);
/// The rows of a RowStep each, on those above it.
template <typename T>
PendingWrite compute(const Solve& op, const ValueInputs& in);
/// y + (-a) x as one multiply-add of the machine, rounded to storage; fixed point: (y << f) - a x
/// in the accumulator, half up.
template <typename T>
PendingWrite compute(const ColumnStep& op, const ValueInputs& in);

/// elementary_values(), rounded to storage.  RunError in fixed point, where they have no values.
template <typename T>
PendingWrite compute(const Elementary& op, const ValueInputs& in);

/// scale_of() the largest magnitude of every group, 2^-126 where it has no entry; a NaN makes its
/// group's scale NaN.
template <typename T>
PendingWrite compute(const Scales& op, const ValueInputs& in);
/// code_of() every entry; 0 where the mask discards.
template <typename T>
PendingWrite compute(const Quantise& op, const ValueInputs& in);

/// Every file of a family ends with it.
#define TRICYCLE_COMPUTE(Op)                                            \
  template PendingWrite compute<double>(const Op&, const ValueInputs&); \
  template PendingWrite compute<float>(const Op&, const ValueInputs&);  \
  template PendingWrite compute<std::int16_t>(const Op&, const ValueInputs&)

}  // namespace tricycle
