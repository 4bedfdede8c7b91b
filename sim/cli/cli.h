// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tricycle {

/// Parses the command line and runs the subcommand; returns the exit status.  Throws InputError
/// (exit status 2) and RunError (1).
int cli(int argc, char** argv);

}  // namespace tricycle
