// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// The traced chunks of a run in the Trace Event Format ("JSON Object Format" of Chrome's
/// about:tracing), which Perfetto opens.  A cycle is a nanosecond of trace time; ts and dur are
/// microseconds with three decimals.  Processes: units, a track a server, busy and stalled slices;
/// chunks in flight, a track a slot, a slice a chunk with its phases inside; memory, counters.
/// otherData says what was run.  Slices within a track never overlap.
std::string to_trace_json(const RunResult& result, const RunTrace& trace);

}  // namespace tricycle
