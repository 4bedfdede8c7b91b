// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// The traced chunks of a run in the Trace Event Format (the "JSON Object Format" of Chrome's
/// about:tracing), which Perfetto opens.  One cycle is one nanosecond of trace time.  ts and dur
/// are microseconds with three decimals.
///
/// The trace has three processes:
///   - units: a track per server, with slices for busy and stalled time;
///   - chunks in flight: a track per slot, with a slice per chunk and the chunk's phases inside it;
///   - memory: counters.
///
/// otherData says what was run.  Slices of a track never overlap, except that phases lie inside
/// chunks.
std::string to_trace_json(const RunResult& result, const RunTrace& trace);

}  // namespace tricycle
