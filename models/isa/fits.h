// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// Throws InputError, with what to change, unless the machine's memories hold one item.
void check_fits(const Program& program, const HwConfig& hw);

}  // namespace tricycle
