// SPDX-License-Identifier: Apache-2.0
//
// Runs a user's own program on inputs from files.  Times, energy, trace and bits are as in other
// runs.  There is nothing to compare the results with.
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/run_trace.h"
#include "sim/config/program_inputs.h"
#include "sim/engine/run_watch.h"
#include "workloads/tensor.h"

namespace tricycle {

/// One output of all items: [rows, cols] for one item, [items, rows, cols] for several.  Where
/// NumPy has the format, the elements are the stored bits (fixed point: codes).  Otherwise they are
/// the numbers in binary32.
struct ProgramOutput {
  std::string buffer;
  Tensor tensor;
};

struct ProgramRun {
  RunResult result;  // it has no problem; its digests are those of the stored bits
  std::vector<ProgramOutput> outputs;  // in the order of the program's text
};

/// Runs the program.  Throws InputError (operations without values, memory of this host) and
/// RunError (deadlock).  `trace` and `watch` are as in run().
ProgramRun run_program(const HwConfig& hw, const Program& program, const ProgramInputs& data,
                       Fidelity fidelity, RunTrace* trace = nullptr, RunWatch* watch = nullptr);

/// The name of an output's file: "C.dram.npy".  Throws InputError unless the buffer's name has only
/// letters, digits, points, minus signs and underscores.
std::string output_file_name(const std::string& buffer);

}  // namespace tricycle
