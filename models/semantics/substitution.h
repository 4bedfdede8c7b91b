// SPDX-License-Identifier: Apache-2.0
//
// One row of a substitution: row_step computes one, solve computes row by row.
#pragma once

#include "models/semantics/compute.h"
#include "models/semantics/region_view.h"

namespace tricycle {

/// Products are added one after the other, whatever the order of the array.
inline MacSpec substitution_spec(const HwConfig& hw, Format format) {
  MacSpec spec = hw.mac_spec(format);
  spec.order = SumOrder::kSequential;
  return spec;
}

/// row <- -(linear + a . y), with one rounding; +0 after the end of `linear`.  `row`: one row of
/// the result. a: 1 x k. y: k rows, with no more columns than `linear`.
template <typename T>
PendingWrite substituted_row(const ValueInputs& in, const Region& row, const Elements<T>& linear,
                             MatrixRef<const T> a, MatrixRef<const T> y);

}  // namespace tricycle
