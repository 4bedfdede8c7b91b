// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

namespace tricycle {

/// The standard error of the mean of `first` less `second`, two losses of the same bytes in order.
/// Neighbouring bytes share what went wrong, so the differences are not independent: N of them are
/// averaged over K = floor(sqrt(N)) blocks of equal length (to a byte), and the blocks' means are
/// taken as independent (batch means, Flegal & Jones 2010, Annals of Statistics 38(2)): their
/// standard deviation / sqrt(K).  None below 16 bytes.
std::optional<double> standard_error_of_difference(std::span<const double> first,
                                                   std::span<const double> second);

}  // namespace tricycle
