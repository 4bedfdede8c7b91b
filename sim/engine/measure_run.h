// SPDX-License-Identifier: Apache-2.0
//
// What every run reports, whatever its items hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/run_result.h"
#include "models/run_trace.h"
#include "sim/engine/cut_search.h"
#include "sim/engine/run.h"
#include "sim/units/npu.h"

namespace tricycle {

/// What is run, as it stands in the result.
struct RunCase {
  const HwConfig& hw;
  std::string problem;  // its name; empty: a program with inputs of its own
  std::string algorithm, parameters;
  const RunDigests& digests;
  Fidelity fidelity;
  std::int64_t items = 1;
  std::int64_t chunk = 0;  // tokens; 0 without a problem
  std::string input_digest = "", input_note = "";
  std::optional<std::int64_t> seed = std::nullopt;
};

/// Everything a run reports but the values; `io`, if any, computes those beside the time.  Throws
/// RunError (deadlock).
RunResult measure_run(const RunCase& c, const TimedProgram& lowered, const ItemIo* io,
                      RunTrace* trace);

/// A program of one's own with the number of items in flight that is best; its cut is "as written".
TimedProgram as_written(const Program& program, const HwConfig& hw);

/// "text 1234567890ab": what stands for the parameters of such a program.
std::string program_parameters(const Program& program, const HwConfig& hw);

/// Throws InputError where an instruction has times but no values.
void check_values(const Program& program);

}  // namespace tricycle
