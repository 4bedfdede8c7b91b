// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace tricycle {

/// The examples below `tricycle COMMAND --help`.  They are command lines that run as they are in
/// the project's folder.  Each has a few words on what it does.
std::string examples_text(std::string_view command);

/// Completes the help: gives every subcommand its examples and every value a name that says what it
/// is.  The program itself gets a line on where to begin.  Called once all options have been added.
void complete_help(CLI::App& app);

}  // namespace tricycle
