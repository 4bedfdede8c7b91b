// SPDX-License-Identifier: Apache-2.0
//
// Notices on stderr: what the user should know although the command continues.
#pragma once

#include <string>
#include <vector>

#include "models/hw_config.h"
#include "models/numerics/format.h"
#include "sim/engine/run.h"
#include "workloads/problem.h"

namespace tricycle {

/// Prints a line; nothing where the text is empty.
void print_notice(const std::string& text);

/// Says what of a problem's file was left out, or read differently than one might expect.
void print_input_note(const PreparedProblem& prepared);

/// A format, and the machine that it is used on.
struct UsedFormat {
  const HwConfig* hw;
  Format format;
};

/// Prints a line for each format whose range is too small for some of the entries, rounded to
/// nearest.  Infinity or a clipped number stands for those entries.  Measured scales hold every
/// entry.
void print_range_notes(const std::string& source, const std::vector<ChunkMatrix>& chunks,
                       const std::vector<UsedFormat>& used);

}  // namespace tricycle
