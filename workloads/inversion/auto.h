// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "workloads/parameter.h"

namespace tricycle {

/// The norm by which auto decides (auto.cpp).
enum class AutoGuard : std::uint8_t { kBound, kFrobenius };
inline constexpr std::pair<std::string_view, AutoGuard> kGuards[] = {
    {"bound", AutoGuard::kBound}, {"frobenius", AutoGuard::kFrobenius}};

inline constexpr ParameterKey<int> kTolerance{"tolerance"};  // t of 2^-t
inline constexpr ParameterKey<AutoGuard> kGuard{"guard"};

}  // namespace tricycle
