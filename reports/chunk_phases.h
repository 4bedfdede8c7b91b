// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/run_trace.h"

namespace tricycle {

/// A stretch of a chunk's time in which the same kinds of its instructions run, or none does.
struct Phase {
  std::int64_t begin = 0, end = 0;  // cycles
  std::uint32_t kinds = 0;          // bit of every Opcode that runs
  std::string_view waits_for;  // where none runs: launch; drain, token (StallCause); queued: the
                               // unit works for others; held: taken, but issue, banks or
                               // channel are in the way
};

/// "matmul + combine", or what the chunk waits for.
std::string phase_name(const Phase& phase);

/// The executions of every traced item, in order of their begin; index: item.
std::vector<std::vector<Execution>> executions_by_item(const RunTrace& trace);

/// What an item did, from entering its slot to its end without a gap.  `executions`: its own, in
/// order of their begin.
std::vector<Phase> chunk_phases(const ItemSpan& item, const std::vector<Execution>& executions,
                                const Program& program, std::int64_t launch_cycles);

}  // namespace tricycle
