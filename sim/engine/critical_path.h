// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/run_result.h"
#include "models/run_trace.h"

namespace tricycle {

/// Walks back from the end of one item alone on the machine to the launch.  An instruction started
/// when the last of these happened: its last token became visible (the walk goes on at the
/// producer's end), its server was done with the instruction before, the instruction before it in
/// its unit's queue had started, the kernel was launched; of several at once the first named
/// counts.  Every cycle from launch to end is counted once.  Throws RunError if the trace has a
/// gap.
CriticalPath critical_path(const RunTrace& trace, std::int64_t launch_cycles);

}  // namespace tricycle
