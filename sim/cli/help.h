// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace tricycle {

/// What stands below `tricycle COMMAND --help`: command lines that run as they are from the
/// project's folder, in this order, each with a word on what it does.
std::string examples_text(std::string_view command);

/// Gives every subcommand its examples, every value a name that says what it is, and the program a
/// word on where to begin.  Called once all options are there.
void complete_help(CLI::App& app);

}  // namespace tricycle
