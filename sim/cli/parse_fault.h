// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace tricycle {

/// One line that says why a command line was refused: the subcommand, what is wrong with which
/// argument, and what to do.  `arguments` are those after the program's name.
std::string parse_fault(const CLI::App& app, const CLI::ParseError& error,
                        const std::vector<std::string>& arguments);

}  // namespace tricycle
