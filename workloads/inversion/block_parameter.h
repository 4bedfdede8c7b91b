// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "workloads/parameter.h"

namespace tricycle {

/// b, the edge of the diagonal blocks: a power of two in [2, chunk].
inline constexpr ParameterKey<int> kBlock{"block"};
Parameter block_parameter(Parameter::Rule<int> usual);
/// The same parameter.  Its default is `usual`, or less where that would not give two blocks.
Parameter block_parameter(int usual);

}  // namespace tricycle
