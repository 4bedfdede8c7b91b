// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "workloads/parameter.h"

namespace tricycle {

/// How mixed_recursive copies, negates and adds: by the vector unit; by products with the identity,
/// sums read out of the accumulators directly (the production kernel); or so, with the running
/// inverse left in its accumulator.
enum class Copies : std::uint8_t { kNone, kIdentity, kAccumulator };
inline constexpr std::pair<std::string_view, Copies> kCopies[] = {
    {"none", Copies::kNone},
    {"identity", Copies::kIdentity},
    {"accumulator", Copies::kAccumulator}};
inline constexpr ParameterKey<Copies> kCopiesKey{"copies"};

}  // namespace tricycle
