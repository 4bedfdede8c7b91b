// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "workloads/parameter.h"

namespace tricycle {

/// How mixed_recursive copies, negates and adds. kNone: on the vector unit. kIdentity: by products
/// with the identity, with sums read out of the accumulators directly (the production kernel).
/// kAccumulator: the same, with the running inverse left in its accumulator.
enum class Copies : std::uint8_t { kNone, kIdentity, kAccumulator };
inline constexpr std::pair<std::string_view, Copies> kCopies[] = {
    {"none", Copies::kNone},
    {"identity", Copies::kIdentity},
    {"accumulator", Copies::kAccumulator}};
inline constexpr ParameterKey<Copies> kCopiesKey{"copies"};

}  // namespace tricycle
