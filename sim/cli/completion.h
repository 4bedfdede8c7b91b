// SPDX-License-Identifier: Apache-2.0
//
// What a shell offers at the Tab key.  The names of shipped machines, problems and grids are those
// there are when a script is made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/option_table.h"

namespace tricycle {

/// What the scripts are made of.
struct CommandLine {
  std::vector<OptionRow> options;  // of the program itself
  std::vector<CommandRow> commands;
};

/// Shells there is a script for.
std::vector<std::string_view> shell_names();

/// A script that completes commands, options, values and files in a shell.  Throws InputError for
/// another shell.
std::string completion_script(const CommandLine& line, std::string_view shell);

// That of each shell.
std::string bash_completion(const CommandLine& line);
std::string zsh_completion(const CommandLine& line);
std::string fish_completion(const CommandLine& line);

}  // namespace tricycle
