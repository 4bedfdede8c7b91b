// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// Parses the command line and runs the subcommand.  Exit status: 0 success, 1 a run or a check
/// failed, 2 wrong input.
int cli(int argc, char** argv);

}  // namespace tricycle
