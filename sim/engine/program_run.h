// SPDX-License-Identifier: Apache-2.0
//
// A run of a program of one's own with inputs from files: times, energy, trace and bits as in other
// runs, and nothing to compare the results with.
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

/// An output of all items, [rows, cols] of one, [items, rows, cols] of several.  Its elements are
/// the stored bits where NumPy has the format (fixed point: codes), else the numbers in binary32.
struct ProgramOutput {
  std::string buffer;
  Tensor tensor;
};

struct ProgramRun {
  RunResult result;  // without a problem; its digests are those of the stored bits
  std::vector<ProgramOutput> outputs;  // in the order of the text
};

/// Throws InputError (operations without values, memory of this host) and RunError (deadlock).
/// `trace` and `watch` as in run().
ProgramRun run_program(const HwConfig& hw, const Program& program, const ProgramInputs& data,
                       Fidelity fidelity, RunTrace* trace = nullptr, RunWatch* watch = nullptr);

/// The name of an output's file: "C.dram.npy".  Throws InputError unless the buffer's name is one
/// of letters, digits, points, minus signs and underscores.
std::string output_file_name(const std::string& buffer);

}  // namespace tricycle
