// SPDX-License-Identifier: Apache-2.0
//
// Inverses of matrices without gates, to which the gates are applied afterwards (GatesIn).
#pragma once

#include <span>
#include <vector>

#include "workloads/problem.h"

namespace tricycle {

/// The matrix with its gates, a_ij e^(G_i - G_j) below the diagonal, in double; itself where it
/// lacks none.
std::vector<double> with_gates(const LateGates& gates, std::span<const double> a);

/// Y with its gates, C x C, as a kernel makes it of the stored Y: factors and products in binary32,
/// each rounded once.  kDifference takes 0 above the diagonal, kFactors multiplies every entry, so
/// that a factor out of range makes an infinity or a NaN.
std::vector<double> apply_late_gates(const LateGates& gates, std::span<const double> y);

/// G = cumsum(g) in binary64.
LateGates late_gates(GatesIn in, std::span<const double> g);

}  // namespace tricycle
