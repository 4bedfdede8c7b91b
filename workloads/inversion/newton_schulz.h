// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "workloads/parameter.h"

namespace tricycle {

/// Where Newton's iteration begins: at I - A, or at I / (2 C), which does not use that A is
/// triangular.
enum class NewtonStart : std::uint8_t { kTriangular, kScaledIdentity };
inline constexpr std::pair<std::string_view, NewtonStart> kNewtonStarts[] = {
    {"triangular", NewtonStart::kTriangular}, {"scaled_identity", NewtonStart::kScaledIdentity}};
inline constexpr ParameterKey<NewtonStart> kStart{"start"};

}  // namespace tricycle
