// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "models/hw_config.h"
#include "models/isa/program.h"
#include "models/semantics/ways.h"
#include "sim/engine/run.h"

namespace tricycle {

/// The ways that the chunks of a problem take.
ItemWays ways_of(const HwConfig& hw, const PreparedProblem& problem, const Program& program);

/// The same where the chunks of a group are worked on in lockstep: all of them take the way with
/// the most products that any of them needs.  A group is a list of the chunks' numbers; chunks of
/// no group are on their own.
ItemWays in_lockstep(const Program& program, const ItemWays& ways,
                     const std::vector<std::vector<std::size_t>>& groups);

}  // namespace tricycle
