// SPDX-License-Identifier: Apache-2.0
//
// Completion scripts: what a shell offers at the Tab key.  A script names the shipped machines,
// problems and grids that exist when it is made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/option_table.h"

namespace tricycle {

/// The data that a script is made from.
struct CommandLine {
  std::vector<OptionRow> options;  // of the program itself
  std::vector<CommandRow> commands;
};

/// Names of the shells that a script can be made for.
std::vector<std::string_view> shell_names();

/// A script that completes commands, options, values and files in a shell.  Throws InputError for
/// another shell.
std::string completion_script(const CommandLine& line, std::string_view shell);

// The script of each shell.
std::string bash_completion(const CommandLine& line);
std::string zsh_completion(const CommandLine& line);
std::string fish_completion(const CommandLine& line);

}  // namespace tricycle
