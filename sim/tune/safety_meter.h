// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/stress/safety.h"
#include "sim/tune/search.h"

namespace tricycle {

/// Searches for the worst input of each setting as `tricycle stress` does, for a short while
/// (sim/stress/safety.h).  `limit`: the error beyond which a setting breaks, and the rule.  Where
/// the question is kHolds, inputs that broke earlier settings of the same machine, format and chunk
/// come first.
SafetyMeter make_safety_meter(const SafetyLimit& limit, int threads);

}  // namespace tricycle
