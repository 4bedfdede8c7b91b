// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tricycle {

/// The standard error of the mean of `first` minus `second`, two losses of the same bytes in order.
/// Errors of neighbouring bytes are related, so the N differences are not independent.  They are
/// averaged over K = floor(sqrt(N)) blocks of equal length (to a byte).  The means of the blocks
/// are taken as independent (batch means, Flegal & Jones 2010, Annals of Statistics 38(2)).  The
/// result is their standard deviation / sqrt(K).  None below 16 bytes.
std::optional<double> standard_error_of_difference(std::span<const double> first,
                                                   std::span<const double> second);

}  // namespace tricycle
