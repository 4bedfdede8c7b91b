// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "models/isa/way.h"
#include "models/semantics/execute.h"

namespace tricycle {

/// Fills the inputs of an item.
using LoadItem = std::function<void(std::int64_t item, MachineState& state)>;

/// The ways that items take through a program with exits, from their values.
ItemWays ways_of(const HwConfig& hw, const Program& program, std::int64_t items,
                 const LoadItem& load);

}  // namespace tricycle
