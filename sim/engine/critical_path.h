// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// Finds the critical path of one item alone on the machine: walks back from its end to the launch.
/// An instruction started when the last of these had happened; of several at once, the first named
/// counts:
///   - its last token became visible (the walk goes on at the producer's end);
///   - its server finished the instruction before;
///   - the instruction before it in its unit's queue started;
///   - the kernel was launched.
///
/// Every cycle from launch to end is counted once.  Throws RunError if the trace has a gap.
CriticalPath critical_path(const RunTrace& trace, std::int64_t launch_cycles);

}  // namespace tricycle
