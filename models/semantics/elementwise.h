// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/isa/instruction.h"
#include "models/numerics/mac.h"
#include "models/semantics/execute.h"

namespace tricycle {

/// The results of an elementwise instruction before they are rounded to storage, dense and
/// row-major.  Every operation is computed in binary32 (T = float) or binary64 and rounded once to
/// nearest even.
/// * add: a + b (subtract: a - b). multiply: a b. multiply_add: scalar a + b (product rounded
///   first).
/// * max: the greater of a and b (minimum: the lesser); a where b is NaN.
/// * *_scalar: the scalar takes the place of b.
/// * reciprocal: 1 / a. divide: a / b.
/// * select: a where mask.keeps the entry of the result, else b.
/// * rsqrt: 1 / sqrt(a), and exp: evaluated in binary64 (exp: std::exp), then rounded to T.
/// * row_sum, row_max: the first element of a row of a, then the others in ascending order.
/// * cast, copy: a.
///
/// An operand of one row or one column is broadcast to all rows or columns of the result.  A copy
/// may turn a row into a column.  Only operations with two sources use `b`.
template <typename T>
Elements<T> elementwise_values(const Elementwise& op, const Region& dst, MatrixRef<const T> a,
                               MatrixRef<const T> b);

}  // namespace tricycle
