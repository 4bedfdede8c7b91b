// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace tricycle {

/// |A|_2 of an n x n matrix by power iteration, which ends where a step changes it by no more than
/// `settled` of itself: by default to about ten digits.
double spectral_norm(std::span<const double> a, std::size_t n, double settled = 1e-11);

}  // namespace tricycle
