// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"
#include "models/isa/program.h"

namespace tricycle {

/// Checks that the machine's memories hold one item.  Otherwise throws InputError with what to
/// change.
void check_fits(const Program& program, const HwConfig& hw);

}  // namespace tricycle
