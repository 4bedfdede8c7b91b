// SPDX-License-Identifier: Apache-2.0
//
// Choices of options that no layer below has a table for.
#pragma once

#include <string_view>
#include <utility>

#include "models/numerics/format.h"
#include "workloads/gated_deltanet/stages.h"

namespace tricycle {

/// Values of --as of `tricycle invert`: the type of the real numbers in OUT.
inline constexpr std::pair<std::string_view, Format> kRealTypes[] = {{"float32", Format::kFp32},
                                                                     {"float64", Format::kFp64}};

/// Values of --form of `tricycle layer`.
inline constexpr std::pair<std::string_view, DeltaForm> kDeltaForms[] = {
    {"ut", DeltaForm::kUt}, {"delta", DeltaForm::kDelta}, {"rhs", DeltaForm::kRightHandSides}};

/// Values of --time-unit of `tricycle trace-diff`, in microseconds; cycles: of the machine's clock.
inline constexpr double kMicrosecond = 1;
inline constexpr std::pair<std::string_view, double> kTimeUnits[] = {
    {"ns", 1e-3}, {"us", kMicrosecond}, {"ms", 1e3}, {"cycles", 0}};

}  // namespace tricycle
