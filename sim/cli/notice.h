// SPDX-License-Identifier: Apache-2.0
//
// What the user should know although the command goes on: lines on stderr.
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/numerics/format.h"
#include "sim/engine/run.h"
#include "workloads/problem.h"

namespace tricycle {

/// A line, none where empty.
void print_notice(const std::string& text);

/// What of a problem's file was left out or read otherwise than one might think.
void print_input_note(const PreparedProblem& prepared);

/// A format as a machine has it.
struct UsedFormat {
  const HwConfig* hw;
  Format format;
};

/// A line for each format that cannot hold some of the entries, to nearest: infinity or a clipped
/// number stands for those.  Measured scales hold every entry.
void print_range_notes(const std::string& source, const std::vector<ChunkMatrix>& chunks,
                       const std::vector<UsedFormat>& used);

}  // namespace tricycle
