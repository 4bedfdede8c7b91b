// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/hw_config.h"

namespace tricycle {

/// A machine without limits that has every format, with the arithmetic of docs/numerics.md. fp32
/// accumulators start from +0, k ascends, and products of fp32 are rounded.  Integers are summed in
/// wrapping int32.  `tricycle invert` uses it where no machine is named.
HwConfig reference_machine();

}  // namespace tricycle
