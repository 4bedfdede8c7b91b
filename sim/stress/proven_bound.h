// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sim/stress/stress_case.h"

namespace tricycle {

/// An upper bound on |Y' - Y| / |Y| of this result, where a theorem gives one.
///
/// Row by row substitution in floats, sums in binary32 or binary64, rounded to nearest.  Let u and
/// v be the unit roundoffs of storage and sums, tiny the spacing of subnormals (the least normal
/// number where they are flushed), C the order.  Each entry of Y' is one sum of at most C products
/// with A's entry, rounded at most C + 1 times, then stored, so that
///   |(I + A) Y' + A| <= R = (u |A| + tiny)(I + |Y'|) + gamma (|A|(1 + u) + tiny)(I + |Y'|)
///                           + u |Y'| + 2 tiny + C 2^-149,  gamma = (C + 1) v / (1 - (C + 1) v),
/// entry by entry, and as (I + A)(Y' - Y) is what is bounded there, |Y' - Y| <= |T| R.  (Higham,
/// Accuracy and Stability of Numerical Algorithms, chapters 3 and 8.)
///
/// None: another program, fixed point, another rounding, a result that is not finite or near the
/// end of its format's range.
std::optional<double> proven_bound(const StressCase& of, const ChunkMatrix& matrix,
                                   const Inverted& result);

}  // namespace tricycle
