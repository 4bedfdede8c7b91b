// SPDX-License-Identifier: Apache-2.0
//
// What the user should know although the command goes on: lines on stderr.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/numerics/format.h"
#include "sim/run.h"
#include "workloads/problem.h"

namespace tricycle {

/// A line, none where empty.
void print_notice(const std::string& text);

/// What of a problem's file was left out or read otherwise than one might think.
void print_input_note(const PreparedProblem& prepared);

/// A line for each float format that cannot hold some of the entries, infinity or a clipped number
/// stands for those.  (Fixed point: the count of saturated entries is part of the results.)
void print_range_notes(const std::string& source, const std::vector<ChunkMatrix>& chunks,
                       std::span<const Format> formats);

}  // namespace tricycle
