// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// The first round of chunks in flight (those of them that were traced) on lines of `width`
/// characters: a row a server of a unit and a row a slot, a column so many cycles; in it what most
/// of them went to.
std::string timeline(const RunResult& result, const RunTrace& trace, std::int64_t width);

}  // namespace tricycle
