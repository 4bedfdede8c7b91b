// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sim/stress/stress_case.h"

namespace tricycle {

/// An upper bound on |Y' - Y| / |Y| of this result, in Frobenius norms, where a theorem gives one:
/// of row by row substitution and of exact block methods (block_bound.h), in floats whose sums are
/// in binary32 or binary64, rounded to nearest.
///
/// With A' = A as it is stored, |Y' - Y| <= |Y' - Y(A')| + |Y(A') - Y(A)|.  The first is bounded
/// entry by entry.  The second is the error that rounding A makes, and is computed.
///
/// None: another program, fixed point, another rounding, gates that are applied to the inverse, a
/// result that is not finite or near the end of its format's range.
std::optional<double> proven_bound(const StressCase& of, const ChunkMatrix& matrix,
                                   const Inverted& result);

}  // namespace tricycle
