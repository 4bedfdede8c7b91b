// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/run_trace.h"

namespace tricycle {

/// A span of a chunk's time in which the same kinds of its instructions run, or none runs.
struct Phase {
  std::int64_t begin = 0, end = 0;  // cycles
  std::uint32_t kinds = 0;          // one bit for each Opcode that runs
  /// Why no instruction runs, where none does: launch, drain, token (StallCause), queued or held.
  /// queued: the unit works for other chunks.
  /// held: the unit took the instruction, but issue, banks or the channel delay it.
  std::string_view waits_for;
};

/// Name of a phase: "matmul + epilogue", or what the chunk waits for.
std::string phase_name(const Phase& phase);

/// The executions of every traced item, indexed by item, in order of their begin.
std::vector<std::vector<Execution>> executions_by_item(const RunTrace& trace);

/// The phases of an item without gaps, from when it enters its slot to its end.  `executions`:
/// those of the item, in order of their begin.
std::vector<Phase> chunk_phases(const ItemSpan& item, const std::vector<Execution>& executions,
                                const Program& program, std::int64_t launch_cycles);

}  // namespace tricycle
