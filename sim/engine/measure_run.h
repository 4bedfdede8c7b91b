// SPDX-License-Identifier: Apache-2.0
//
// Measures what every run reports, whatever its items contain.
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

/// What is run, in the words in which the result shows it.
struct RunCase {
  const HwConfig& hw;
  std::string problem;  // name; empty for a program with inputs of its own
  std::string algorithm, parameters;
  const RunDigests& digests;
  Fidelity fidelity;
  std::int64_t items = 1;
  std::int64_t chunk = 0;  // tokens; 0 without a problem
  std::string input_digest = "", input_note = "";
  std::optional<std::int64_t> seed = std::nullopt;
};

/// Measures everything that a run reports except its values.  `io`, if any, computes the values
/// along with the time.  Throws RunError (deadlock).
RunResult measure_run(const RunCase& c, const TimedProgram& lowered, const ItemIo* io,
                      RunTrace* trace);

/// A user's own program, with the number of items in flight that is best; its cut is "as written".
TimedProgram as_written(const Program& program, const HwConfig& hw);

/// The text that stands for the parameters of such a program: "text 1234567890ab".
std::string program_parameters(const Program& program, const HwConfig& hw);

/// Throws InputError where an instruction has timing but no values.
void check_values(const Program& program);

}  // namespace tricycle
