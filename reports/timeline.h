// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// Draws the first round of chunks in flight, as far as they were traced, on lines of `width`
/// characters.  There is a row per server of a unit, and a row per slot.  A column stands for
/// so many cycles and shows what most of them went to.
std::string timeline(const RunResult& result, const RunTrace& trace, std::int64_t width);

}  // namespace tricycle
