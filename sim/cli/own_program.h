// SPDX-License-Identifier: Apache-2.0
//
// `tricycle run` of a program without a problem, and the code that it shares with other runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/run_trace.h"
#include "sim/cli/commands.h"
#include "sim/config/layers.h"
#include "workloads/algorithm.h"

namespace tricycle {

/// Whether the options name a program that runs without a problem.  That is --program beside a
/// machine alone, or a resolved run that has inputs.  Throws InputError (a file that cannot be
/// read).
bool has_own_inputs(const RunOptions& options);

/// Runs the program.  It reads every input from its --input and writes every output into a .npy
/// file of --out.  Returns the exit status; throws InputError and RunError.
int run_own_program(const RunOptions& options, const Settings& set);

/// The head of config.resolved.yaml: the version, files and overrides that made it.
std::vector<std::string> provenance(const RunOptions& options);

/// What to record of the run.  Throws InputError.
RunTrace requested_trace(const RunOptions& options);

/// --linear-terms; none where it is absent or "auto".  Throws InputError.
inline constexpr std::string_view kFastestTerms = "auto";
std::optional<LinearTerms> parse_linear_terms(const std::optional<std::string>& text);

/// The cut that --tile, --merge-group and --linear-terms fix.  Throws InputError.
Cut parse_cut(const std::optional<std::string>& tile, const std::optional<std::string>& merge_group,
              const std::optional<std::string>& linear_terms);
inline constexpr const char* kProgramSaysWhat =
    "--program: the program says what is done and in which format; leave out --algorithm and "
    "--format";
inline constexpr const char* kProgramIsCut =
    "--program: a program is run as it is written; leave out --tile, --merge-group "
    "and --linear-terms";

inline constexpr const char* kDumpIsText =
    "--dump-program: --json prints the result document alone; leave one of them out";

/// Number of columns of the terminal, as a shell exports it.
std::int64_t terminal_width();

}  // namespace tricycle
