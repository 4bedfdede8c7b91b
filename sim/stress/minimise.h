// SPDX-License-Identifier: Apache-2.0
//
// NLopt over [0, 1]^n, for functions without derivatives.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tricycle {

/// kGlobal: DIRECT-L, which divides the whole cube and begins at its middle.  kLocal: SBPLX, from a
/// start.  Both are deterministic.
enum class Minimiser : std::uint8_t { kGlobal, kLocal };

/// What a point costs; none: stop.
using PointCost = std::function<std::optional<double>(const std::vector<double>& point)>;

/// Looks at no more than `evaluations` points; the caller keeps the best.  What `cost` throws comes
/// through.
void minimise(Minimiser how, const std::vector<double>& start, std::int64_t evaluations,
              const PointCost& cost);

}  // namespace tricycle
