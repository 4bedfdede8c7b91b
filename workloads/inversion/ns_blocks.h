// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/parameter.h"

namespace tricycle {

/// Newton-Schulz iterations of each diagonal block.
inline constexpr ParameterKey<int> kRounds{"rounds"};

}  // namespace tricycle
