// SPDX-License-Identifier: Apache-2.0
//
// Makes the runs of a gate.
#pragma once

#include <functional>
#include <string>

#include "sim/cli/gate_file.h"

namespace tricycle {

/// What to do with a run once it is made; `result` is null where it failed for this reason.
using GateRunDone =
    std::function<void(std::size_t index, const RunResult* result, const std::string& reason)>;

/// Makes every run of the gate, in the order of the file, and says of each what came of it.  Runs
/// of one problem under the same settings share its inputs.  `path` is the file of the gate: what
/// it names is looked for beside it.
///
/// Throws InputError before the first run with all faults of machines, problems, programs and
/// settings, each at its place in the file.
void make_gate_runs(const Gate& gate, const std::string& path, const GateRunDone& done);

}  // namespace tricycle
