// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Dense>
#include <optional>

#include "sim/stress/stress_case.h"

namespace tricycle {

using BoundMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The rounding of one machine and format: unit roundoff of what is stored; gamma_n of sums of n =
/// C + 4 roundings, n v / (1 - n v), v their unit roundoff; what underflow may lose of one result.
struct BoundRounding {
  double storage = 0, gamma = 0, lost = 0;
};

/// What a bound is made of: A as it is stored, the exact inverse of I + A, and the Y' found.
struct BoundInput {
  BoundMatrix a, exact, found;
};

/// |Y' - Y| entry by entry, of the rows of a substitution in diagonal blocks of `block`; zeros
/// elsewhere.  Each entry of Y' is one sum, then stored: |(I + A) Y' + A| <= R = u |Y'| + gamma |A|
/// (I + |Y'|) + lost, and |Y' - Y| <= |T| R, T = (I + A)^-1.  (Higham, Accuracy and Stability of
/// Numerical Algorithms, 2nd edition, chapters 3 and 8.)
BoundMatrix substitution_bound(const BoundInput& in, const BoundRounding& rounding,
                               Eigen::Index block);

/// The same of the exact block methods block_doubling, blocked_substitution and block_nested with
/// joins of up to four blocks; none of others, or where matrices have formats of their own.
///
/// X is what is computed of the diagonal blocks of size b, B >= |X - T_b| a bound, and L is -A
/// between the blocks that are joined, so that the exact inverse of the joined ones is T =
/// (T_b^-1 - L)^-1.  With S = (X^-1 - L)^-1, in exact arithmetic from X,
///   S - T = (T T_b^-1) (X - T_b) (I - L X)^-1,
/// which is bounded by |T T_b^-1| B |(I - L X)^-1|.  What is stored differs from S by the roundings
/// of this level: of M = X L (or L X), E_M <= u |M| + (1 + u) gamma |X| |L| + lost; of M^2; of the
/// sums on the way; of Y.  They are added with what they are multiplied by, to all orders.  (The
/// block form of the analysis of Du Croz and Higham, Stability of methods for matrix inversion, IMA
/// J. Numer. Anal. 12, 1992; Higham, chapter 14; as a running error bound, Higham 3.3.)
std::optional<BoundMatrix> block_bound(const StressCase& of, const BoundInput& in,
                                       const BoundRounding& rounding);

}  // namespace tricycle
